/** Function codes of the application layer (IEEE 1815-2012, clause 4.2.2.5 and table 4-1). */

export const functionCode = {
  confirm: 0,
  read: 1,
  write: 2,
  select: 3,
  operate: 4,
  directOperate: 5,
  directOperateNoAck: 6,
  immediateFreeze: 7,
  immediateFreezeNoAck: 8,
  freezeClear: 9,
  freezeClearNoAck: 10,
  freezeAtTime: 11,
  freezeAtTimeNoAck: 12,
  coldRestart: 13,
  warmRestart: 14,
  enableUnsolicited: 20,
  disableUnsolicited: 21,
  assignClass: 22,
  delayMeasure: 23,
  recordCurrentTime: 24,
  response: 129,
  unsolicitedResponse: 130,
} as const;

export type FunctionCode = (typeof functionCode)[keyof typeof functionCode];

const names = new Map<number, string>(Object.entries(functionCode).map(([name, code]) => [code, name]));

export const functionName = (code: number): string => names.get(code) ?? `function ${code}`;

export const isResponse = (code: number): boolean =>
  code === functionCode.response || code === functionCode.unsolicitedResponse;

const withoutAnswer = new Set<number>([
  functionCode.confirm,
  functionCode.directOperateNoAck,
  functionCode.immediateFreezeNoAck,
  functionCode.freezeClearNoAck,
  functionCode.freezeAtTimeNoAck,
]);

export const expectsResponse = (code: number): boolean => !withoutAnswer.has(code);

const withObjects = new Set<number>([
  functionCode.write,
  functionCode.select,
  functionCode.operate,
  functionCode.directOperate,
  functionCode.directOperateNoAck,
  functionCode.response,
  functionCode.unsolicitedResponse,
]);

/** Whether objects follow the object header, or the header alone names what is meant. */
export function carriesObjects(code: number, group: number): boolean {
  if (code === functionCode.freezeAtTime || code === functionCode.freezeAtTimeNoAck) return group === 50;
  return withObjects.has(code);
}
