/** One command through the control of its object, or as a write, and what its outcome means for whether it happened. */
import type { AdditionalCause } from '../../protocols/iec61850/acsi/additional-cause.ts';
import type { Iec61850Client } from '../../protocols/iec61850/acsi/client.ts';
import type { ControlOutcome } from '../../protocols/iec61850/acsi/control-command.ts';
import { fromPlain, type PlainValue } from '../../protocols/iec61850/acsi/plain-value.ts';
import { formatReference } from '../../protocols/iec61850/acsi/reference.ts';
import {
  AccessError,
  Iec61850Error,
  NoAnswerError,
  NotSentError,
  RejectedError,
  ServiceError,
} from '../../protocols/iec61850/errors.ts';
import type { MmsType } from '../../protocols/iec61850/mms/type-specification.ts';
import type { Command, CommandOutcome, ControlAction, DriverContext } from '../../runtime/driver.ts';
import type { IecPoint } from './address.ts';
import type { Binding } from './binding.ts';
import type { IecConnection } from './settings.ts';

export async function executeCommand(
  command: Command,
  point: IecPoint,
  binding: Binding,
  client: Iec61850Client,
  settings: IecConnection,
  context: DriverContext,
): Promise<CommandOutcome> {
  try {
    const value = valueFor(command.action);
    if (point.command === 'write') return await write(command, value, point, binding, client, context);
    return await operate(command, value, point, binding, client, settings);
  } catch (error) {
    return outcomeOfError(error);
  }
}

async function operate(
  command: Command,
  value: PlainValue,
  point: IecPoint,
  { container }: Binding,
  client: Iec61850Client,
  { originator, terminationTimeoutMs }: IecConnection,
): Promise<CommandOutcome> {
  const { device, node, path } = container;
  // The facts of the object are read anew: a configured model may have changed since the last command.
  let control: Awaited<ReturnType<Iec61850Client['control']>>;
  try {
    control = await client.control(`${device}/${node}.${path.join('.')}`);
  } catch (error) {
    return notSent(`The control could not be read: ${(error as Error).message}`);
  }
  if (command.mode === 'select_before_operate' && control.model.startsWith('direct')) {
    return notSent(`${control.reference} has model ${control.model}, which knows no select.`);
  }
  const outcome = await control.execute({
    value: wordsToValue(value, control.valueType),
    origin: { category: originator.category, identity: Buffer.from(originator.identity) },
    check: point.check,
    notAfterMs: command.expiresAtMs,
    terminationTimeoutMs,
  });
  return outcomeOf(outcome);
}

async function write(
  command: Command,
  value: PlainValue,
  { reference }: IecPoint,
  { valueType }: Binding,
  client: Iec61850Client,
  context: DriverContext,
): Promise<CommandOutcome> {
  if (command.mode !== 'direct') return notSent(`${formatReference(reference)} is written, which knows no select.`);
  await client.write(reference, fromPlain(value, valueType), {
    beforeSend: () => {
      if (context.now() >= command.expiresAtMs) throw new NotSentError('It expired before it could be sent.');
    },
  });
  return { status: 'executed' };
}

/** @throws Iec61850Error for what a control of IEC 61850 does not carry */
function valueFor(action: ControlAction): PlainValue {
  if (action.kind === 'write') return action.value;
  const { code, onMs, offMs, count } = action;
  if (onMs !== undefined || offMs !== undefined || (count ?? 1) !== 1) {
    throw new Iec61850Error('Durations and counts of pulses are set in the device (pulseConfig), not in the command.');
  }
  if (code === 'pulse_off') throw new Iec61850Error('IEC 61850 has no pulse to off.');
  return code === 'latch_on' || code === 'close' || code === 'pulse_on';
}

/** Positions by their names, where the command is one bit. */
function wordsToValue(value: PlainValue, type: MmsType): PlainValue {
  if (type.kind !== 'boolean') return value;
  if (value === 'on' || value === 'off') return value === 'on';
  return value;
}

/**
 * Causes that a termination names when the device stopped before anything moved. After the others, such as a time limit or
 * a trip in between, nobody knows but the position itself.
 */
const nothingMoved = new Set<AdditionalCause>([
  'not-supported',
  'blocked-by-switching-hierarchy',
  'position-reached',
  'parameter-change-in-execution',
  'blocked-by-mode',
  'blocked-by-process',
  'blocked-by-interlocking',
  'blocked-by-synchrocheck',
  'command-already-in-execution',
  'blocked-by-health',
  '1-of-n-control',
  'abortion-by-cancel',
  'object-not-selected',
  'no-access-authority',
  'blocked-by-command',
  'inconsistent-parameters',
  'locked-by-other-client',
]);

export function outcomeOf(outcome: ControlOutcome): CommandOutcome {
  switch (outcome.status) {
    case 'executed':
      return { status: 'executed' };
    case 'not-sent':
      return notSent(outcome.reason);
    case 'unknown':
      return outcome;
    case 'refused': {
      const { stage, cause } = outcome;
      const reason = `${stage}: ${outcome.reason}`;
      if (stage === 'termination' && !(cause && nothingMoved.has(cause))) return { status: 'unknown', reason };
      return { status: 'refused', reason, ...(cause && { code: cause }) };
    }
    default:
      return outcome satisfies never;
  }
}

function outcomeOfError(error: unknown): CommandOutcome {
  const reason = (error as Error).message;
  if (error instanceof NoAnswerError) return { status: 'unknown', reason };
  if (error instanceof AccessError) return { status: 'refused', reason, code: error.access };
  if (error instanceof ServiceError || error instanceof RejectedError) return { status: 'refused', reason };
  // Not sent, or not possible to say: a value of another type, or one out of range.
  if (error instanceof NotSentError || error instanceof Iec61850Error || error instanceof RangeError) {
    return notSent(reason);
  }
  return { status: 'unknown', reason };
}

export const notSent = (reason: string): CommandOutcome => ({ status: 'not_sent', reason });
