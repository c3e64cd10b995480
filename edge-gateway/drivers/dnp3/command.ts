/** Commands of the runtime as commands of DNP3, and what came of them in the runtime's words. */
import type { CommandResult, OutputCommand } from '../../protocols/dnp3/index.ts';
import type { CommandOutcome, ControlAction } from '../../runtime/driver.ts';
import type { Dnp3Point, SetPointType } from './point.ts';

/** @returns why it cannot be done, where it cannot */
export function outputCommand(action: ControlAction, point: Dnp3Point): OutputCommand | { refusal: string } {
  const { kind, index } = point;
  if (kind === 'analog_output') {
    if (action.kind !== 'write' || (typeof action.value !== 'number' && typeof action.value !== 'bigint'))
      return { refusal: 'An analog output takes a number.' };
    return { kind: 'set_point', index, value: Number(action.value), as: point.dataType as SetPointType };
  }
  if (action.kind === 'write') {
    if (typeof action.value !== 'boolean') return { refusal: 'A binary output takes true or false.' };
    return written(action.value, point);
  }
  const { code, onMs = point.onMs, offMs = point.offMs, count = 1 } = action;
  const pulse = { kind: 'control', index, onMs, offMs, count } as const;
  if (code === 'trip' || code === 'close') return { ...pulse, operation: 'pulse_on', tripClose: code };
  return { ...pulse, operation: code };
}

function written(value: boolean, { index, control, onMs, offMs }: Dnp3Point): OutputCommand {
  const pulse = { kind: 'control', index, onMs, offMs } as const;
  if (control === 'trip_close') return { ...pulse, operation: 'pulse_on', tripClose: value ? 'close' : 'trip' };
  if (control === 'pulse') return { ...pulse, operation: value ? 'pulse_on' : 'pulse_off' };
  return { ...pulse, operation: value ? 'latch_on' : 'latch_off' };
}

export function outcomeOf(result: CommandResult): CommandOutcome {
  switch (result.outcome) {
    case 'success':
      return { status: 'executed' };
    case 'refused':
      return {
        status: 'refused',
        reason: `${result.stage}: ${result.reason}`,
        ...(result.status && { code: result.status }),
      };
    case 'not_sent':
      return { status: 'not_sent', reason: result.reason };
    case 'unknown':
      return { status: 'unknown', reason: result.reason };
    case 'sent':
      return { status: 'unknown', reason: 'It was sent without asking for an answer.' };
    default:
      return result satisfies never;
  }
}
