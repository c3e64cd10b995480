/** Whether a command may go to the device now. Asked twice: when it comes, and again in the last moment before sending. */
import { evaluateExpression, type ReadPoint } from '../../../layers/station/evaluate-expression.ts';
import { parseExpression } from '../../../layers/station/expression.ts';
import type { CommandMessage } from '../../../layers/station/messages.ts';
import type { PointConfiguration, StationConfiguration } from '../../../layers/station/station-configuration.ts';
import type { ControlAction } from '../driver.ts';
import { toRawValue } from '../points/convert-value.ts';

export interface CommandSurroundings {
  configuration: StationConfiguration;
  point: PointConfiguration | undefined;
  read: ReadPoint;
  nowMs: number;
  isClockTrusted: boolean;
  /** When the register of commands was made: of what came before nobody knows whether it was executed. */
  registerCreatedMs: number;
}

export interface Refusal {
  step: 'refused' | 'expired';
  reason: string;
}

export function checkCommand(command: CommandMessage, around: CommandSurroundings): Refusal | undefined {
  const { configuration, point, read, nowMs, isClockTrusted, registerCreatedMs } = around;
  const refuse = (reason: string): Refusal => ({ step: 'refused', reason });
  if (nowMs >= command.expiresAtMs) return { step: 'expired', reason: 'the command had expired' };
  if (!isClockTrusted) return refuse('the clock of the station is wrong, so its age cannot be judged');
  if (command.issuedAtMs > nowMs + configuration.timeSync.maxOwnOffsetMs)
    return refuse('it comes from the future: the clock of the station or the platform is wrong');
  if (command.issuedAtMs < registerCreatedMs)
    return refuse('it was issued before the register of commands was made, and may have been executed');
  if (!point) return refuse(`there is no point "${command.pointId}"`);
  if (!point.writable) return refuse(`point "${command.pointId}" is not writable`);
  const { remoteControl } = configuration;
  if (remoteControl) {
    const state = read(remoteControl.pointId);
    if (state?.quality !== 'good') return refuse('the position of the local/remote switch is not known');
    if (!isSame(state.value, remoteControl.remoteWhen)) return refuse('the station is switched to local');
  }
  const interlock = point.control?.interlock;
  if (interlock !== undefined) {
    const { value, quality } = evaluateExpression(parseExpression(interlock), read);
    if (quality !== 'good') return refuse(`the interlock cannot be judged: ${interlock}`);
    if (value !== true && value !== 1) return refuse(`the interlock does not allow it: ${interlock}`);
  }
  return undefined;
}

/** As the driver wants it: what the platform writes in the point's unit, the device takes raw. @throws Error saying why not */
export function actionOf(command: CommandMessage, point: PointConfiguration): ControlAction {
  const { action } = command;
  if (action.kind === 'write') return { kind: 'write', value: toRawValue(point, action.value) };
  const { onMs, offMs, count } = action;
  return {
    kind: 'operate',
    code: action.code,
    ...(onMs !== undefined && { onMs }),
    ...(offMs !== undefined && { offMs }),
    ...(count !== undefined && { count }),
  };
}

/** A point that wants its select gets it, whatever the command says. */
export const modeOf = (command: CommandMessage, point: PointConfiguration): 'direct' | 'select_before_operate' =>
  point.control?.mode === 'select_before_operate' ? 'select_before_operate' : (command.mode ?? 'direct');

const isSame = (value: unknown, wanted: boolean | number | string): boolean =>
  typeof value === 'boolean' || typeof wanted === 'boolean' ? Number(value) === Number(wanted) : value === wanted;
