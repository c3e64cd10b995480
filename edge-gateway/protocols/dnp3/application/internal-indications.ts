/** Internal indications: sixteen bits of every response on the outstation's own state (IEEE 1815-2012, clause 4.5). */

/** Bit numbers as IIN1.0 … IIN2.7 count them, the first octet being the low one. */
const bits = {
  broadcast: 0,
  class1Events: 1,
  class2Events: 2,
  class3Events: 3,
  needTime: 4,
  localControl: 5,
  deviceTrouble: 6,
  deviceRestart: 7,
  functionNotSupported: 8,
  objectUnknown: 9,
  parameterError: 10,
  eventBufferOverflow: 11,
  alreadyExecuting: 12,
  configurationCorrupt: 13,
} as const;

export type IndicationName = keyof typeof bits;

/** As a mask of 16 bits, so that a response costs no object of sixteen properties. */
export type Indications = number;

const indicationNames = Object.keys(bits) as IndicationName[];

export const indication = (name: IndicationName): Indications => 1 << bits[name];
export const hasIndication = (indications: Indications, name: IndicationName): boolean =>
  (indications & (1 << bits[name])) !== 0;

export const namesOfIndications = (indications: Indications): IndicationName[] =>
  indicationNames.filter((name) => hasIndication(indications, name));

/** The indication by which an outstation says that it did not do what was asked, if it said so. */
export function refusalOf(indications: Indications): IndicationName | undefined {
  return (['functionNotSupported', 'objectUnknown', 'parameterError', 'alreadyExecuting'] as const).find((name) =>
    hasIndication(indications, name),
  );
}

/** Bit of IIN1.7 within group 80, for clearing it. */
export const restartBitIndex = bits.deviceRestart;
