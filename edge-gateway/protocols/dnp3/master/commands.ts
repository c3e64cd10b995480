/**
 * Commands: select before operate, direct operate with and without an answer (IEEE 1815-2012, clause 4.4.4 and 4.4.5).
 * Nothing here is ever sent twice: an answer that stays out after an operate is an unknown outcome, not a reason to retry.
 */
import type { Fragment } from '../application/fragment.ts';
import { RequestBody } from '../application/fragment-writer.ts';
import { functionCode } from '../application/function-codes.ts';
import { namesOfIndications, refusalOf } from '../application/internal-indications.ts';
import { Dnp3Error, messageOf } from '../errors.ts';
import { clearBit, operationType, tripCloseCode } from '../objects/binary-output.ts';
import { type CommandStatusName, commandStatus, commandStatusName } from '../objects/command-status.ts';
import type { ObjectValue } from '../objects/variation.ts';
import type { Response } from './exchange.ts';

export type OutputCommand =
  | {
      kind: 'control';
      index: number;
      operation: 'nul' | 'pulse_on' | 'pulse_off' | 'latch_on' | 'latch_off';
      /** Which of a pair of relays, e.g. the trip and close coils of one breaker. @default 'nul' */
      tripClose?: keyof typeof tripCloseCode;
      /** Cancels what is under way on the point. */
      clear?: boolean;
      /** @default 1 */
      count?: number;
      /** @default 100 */
      onMs?: number;
      /** @default 100 */
      offMs?: number;
    }
  | { kind: 'set_point'; index: number; value: number; as: 'int32' | 'int16' | 'float32' | 'float64' };

export type CommandMode = 'select_before_operate' | 'direct_operate' | 'direct_operate_no_ack';

export type CommandResult =
  | { outcome: 'success' }
  /** Direct operate without acknowledgement: it left, and nothing more will be known. */
  | { outcome: 'sent' }
  | {
      outcome: 'refused';
      stage: 'select' | 'operate';
      status?: CommandStatusName | `RESERVED_${number}`;
      reason: string;
    }
  | { outcome: 'not_sent'; reason: string }
  | { outcome: 'unknown'; reason: string };

const operations = {
  nul: operationType.nul,
  pulse_on: operationType.pulseOn,
  pulse_off: operationType.pulseOff,
  latch_on: operationType.latchOn,
  latch_off: operationType.latchOff,
} as const;

const setPointVariation = { int32: 1, int16: 2, float32: 3, float64: 4 } as const;
const integerLimit = { int32: 0x7fffffff, int16: 0x7fff } as const;

const isUnsigned = (value: number, most: number): boolean => Number.isInteger(value) && value >= 0 && value <= most;

function asObject(command: OutputCommand): { group: number; variation: number; object: ObjectValue } {
  if (!Number.isInteger(command.index) || command.index < 0 || command.index > 0xffff)
    throw new Dnp3Error('invalid_argument', `Index ${command.index} is not between 0 and 65535.`);
  if (command.kind === 'control') {
    const { operation, tripClose = 'nul', clear = false, count = 1, onMs = 100, offMs = 100 } = command;
    if (!isUnsigned(count, 0xff) || !isUnsigned(onMs, 0xffffffff) || !isUnsigned(offMs, 0xffffffff))
      throw new Dnp3Error(
        'invalid_argument',
        `Count ${count}, on ${onMs} ms, off ${offMs} ms are not of a control block.`,
      );
    const value = operations[operation] | tripCloseCode[tripClose] | (clear ? clearBit : 0);
    return { group: 12, variation: 1, object: { value, count, onMs, offMs, status: 0 } };
  }
  const limit = command.as === 'int16' || command.as === 'int32' ? integerLimit[command.as] : undefined;
  // Clamping is for measurements: a set point other than the one asked for must never leave.
  if (limit && !(Number.isInteger(command.value) && command.value <= limit && command.value >= -limit - 1))
    throw new Dnp3Error('invalid_argument', `${command.value} is not a value of ${command.as}.`);
  if (command.as === 'float32' && !Number.isFinite(Math.fround(command.value)))
    throw new Dnp3Error('invalid_argument', `${command.value} is not a value of float32.`);
  return {
    group: 41,
    variation: setPointVariation[command.as],
    object: { value: command.value, status: 0 },
  };
}

/** @throws Dnp3Error `invalid_argument` */
export function commandBody(commands: readonly OutputCommand[], maxOctets?: number): Buffer {
  if (commands.length === 0) throw new Dnp3Error('invalid_argument', 'No command was given.');
  const body = new RequestBody(maxOctets);
  const objects = commands.map((command) => ({ index: command.index, ...asObject(command) }));
  for (let from = 0; from < objects.length; ) {
    const { group, variation } = objects[from]!;
    let to = from + 1;
    while (to < objects.length && objects[to]!.group === group && objects[to]!.variation === variation) to += 1;
    body.indexed(group, variation, objects.slice(from, to));
    from = to;
  }
  return body.octets();
}

/** Status octets of a response that echoes the request bit for bit; undefined when it does not. */
function echoedStatuses(sent: Buffer, response: Fragment): number[] | undefined {
  const { body, blocks } = response;
  if (body.length !== sent.length) return undefined;
  const masked = Buffer.from(body);
  const statuses: number[] = [];
  let from = 0;
  for (const block of blocks) {
    const count = block.objects.length;
    if (block.prefix.kind !== 'index' || count === 0) return undefined;
    const headerLength = 3 + block.prefix.width;
    const stride = (block.octets.length - headerLength) / count;
    for (let position = 1; position <= count; position += 1) {
      // The status is the last octet of groups 12 and 41.
      const at = from + headerLength + position * stride - 1;
      statuses.push(masked[at]! & 0x7f);
      masked[at] = 0;
    }
    from += block.octets.length;
  }
  return masked.equals(sent) ? statuses : undefined;
}

export interface CommandLine {
  request(code: number, body: Uint8Array, mayLeave?: () => boolean): Promise<Response>;
  send(code: number, body: Uint8Array, mayLeave: () => boolean): Promise<void>;
  readonly isOpen: boolean;
}

type StageAnswer = { statuses: number[] } | { refusal: string } | { mismatch: string };

function readAnswer(sent: Buffer, response: Response): StageAnswer {
  const refused = refusalOf(response.indications);
  const [fragment] = response.fragments;
  const statuses = fragment && response.fragments.length === 1 ? echoedStatuses(sent, fragment) : undefined;
  if (statuses) return { statuses };
  if (refused) return { refusal: namesOfIndications(response.indications).join(', ') };
  return { mismatch: 'The answer does not repeat the command as it was sent.' };
}

const succeeded = (status: number): boolean => status === commandStatus.SUCCESS;

const refusedWith = (stage: 'select' | 'operate', code: number): CommandResult => {
  const status = commandStatusName(code);
  return { outcome: 'refused', stage, status, reason: status };
};

const isCertainlyUnsent = (error: unknown): boolean => error instanceof Dnp3Error && error.code === 'expired';

/** Runs within one turn of the channel, so that nothing comes between select and operate. */
export async function runCommands(
  line: CommandLine,
  body: Buffer,
  mode: CommandMode,
  mayLeave: () => boolean,
): Promise<CommandResult[] | CommandResult> {
  if (!line.isOpen) return { outcome: 'not_sent', reason: 'The line is not open.' };
  if (!mayLeave()) return { outcome: 'not_sent', reason: 'The command expired before it could be sent.' };
  try {
    if (mode === 'direct_operate_no_ack') {
      await line.send(functionCode.directOperateNoAck, body, mayLeave);
      return { outcome: 'sent' };
    }
    if (mode === 'select_before_operate') {
      const notSelected = await select(line, body, mayLeave);
      if (notSelected) return notSelected;
      if (!mayLeave()) return { outcome: 'not_sent', reason: 'The command expired after its select.' };
      if (!line.isOpen) return { outcome: 'not_sent', reason: 'The line closed after the select.' };
    }
    const code = mode === 'direct_operate' ? functionCode.directOperate : functionCode.operate;
    const answer = readAnswer(body, await line.request(code, body, mayLeave));
    if ('refusal' in answer) return { outcome: 'refused', stage: 'operate', reason: answer.refusal };
    if ('mismatch' in answer) return { outcome: 'unknown', reason: answer.mismatch };
    return answer.statuses.map((status) =>
      succeeded(status) ? { outcome: 'success' } : refusedWith('operate', status),
    );
  } catch (error) {
    return { outcome: isCertainlyUnsent(error) ? 'not_sent' : 'unknown', reason: messageOf(error) };
  }
}

/** @returns results when the commands may not be operated */
async function select(
  line: CommandLine,
  body: Buffer,
  mayLeave: () => boolean,
): Promise<CommandResult[] | CommandResult | undefined> {
  let answer: StageAnswer;
  try {
    answer = readAnswer(body, await line.request(functionCode.select, body, mayLeave));
  } catch (error) {
    // A select alone moves nothing.
    return { outcome: 'not_sent', reason: `The select failed: ${messageOf(error)}` };
  }
  if ('refusal' in answer) return { outcome: 'refused', stage: 'select', reason: answer.refusal };
  if ('mismatch' in answer) return { outcome: 'refused', stage: 'select', reason: answer.mismatch };
  if (answer.statuses.every(succeeded)) return undefined;
  return answer.statuses.map((status) =>
    succeeded(status)
      ? { outcome: 'not_sent', reason: 'Another command of the same request was not selected.' }
      : refusedWith('select', status),
  );
}
