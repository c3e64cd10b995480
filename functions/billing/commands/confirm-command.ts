/** A meter's status, or the word of its platform, confirms the command that is open for it, or that was given up before. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { endAlert } from '../../platform/contract.ts';
import { changeCommand } from './change-command.ts';
import { commandEntity, openCommandEntity } from './command-entity.ts';
import type { MeterCommand } from './command-schema.ts';
import { alertKeyOf, unansweredCommandEntity } from './unanswered-command.ts';

const states: Partial<Record<MeterCommand['command'], string>> = { disconnect: 'disconnected', reconnect: 'connected' };

export interface MeterStateSeen {
  tenantId: string;
  meterId: string;
  newStatus: string;
  /** When the meter says it happened; a state from before the command was sent confirms nothing. */
  time: string;
  by: 'status' | 'webhook';
}

/** Meters' clocks are off by a little. */
const clockToleranceMs = 5 * 60_000;

/** Whether a meter may have said something of a command that it was sent, by when it says so. An answer to the first attempt may come after the last one. */
export const isAfterSending = ({ firstSentAt, sentAt }: MeterCommand, time: string): boolean =>
  Date.parse(time) >= Date.parse((firstSentAt ?? sentAt)!) - clockToleranceMs;

export function confirmCommand(seen: MeterStateSeen): Promise<void> {
  const session = openSession(seen.tenantId);
  return retryOnChange(async () => {
    const open = await session.get(openCommandEntity, { meterId: seen.meterId }, { consistent: true });
    const command = open && (await session.require(commandEntity, { id: open.commandId }));
    if (command?.status === 'sent' && command.command !== 'set_tariff') {
      if (isDone(command, seen.newStatus, seen.time)) await endConfirmed(session, command, seen.by);
    } else await confirmLate(session, seen);
  });
}

/** The meter's word on a command that was given up, while no newer one has reached it. */
async function confirmLate(session: TenantSession, { meterId, newStatus, time, by }: MeterStateSeen): Promise<void> {
  const unanswered = await session.get(unansweredCommandEntity, { meterId, part: 'relay' }, { consistent: true });
  if (unanswered === undefined) return;
  const command = await session.require(commandEntity, { id: unanswered.commandId });
  if (!isAsAsked(command, newStatus, time)) return;
  // The meter's later word counts more than that it refused.
  if (command.status === 'timed_out' || mayHaveHeard(command))
    return void (await endConfirmed(session, command, by, {
      timedOutAt: command.timedOutAt ?? command.endedAt!,
      outcome: 'Confirmed late.',
    }));
  // The broker never took it, so that somebody switched the meter by hand: the command stays as it ended.
  await session.transact('billing', (unit) => {
    unit.delete(unansweredCommandEntity, unanswered);
    endAlert(unit, alertKeyOf(command), `Meter ${meterId} is ${newStatus}.`);
  });
}

export const mayHaveHeard = ({ attempts, refusals = 0 }: MeterCommand): boolean => attempts > refusals;

/** Whether a state seen at a time is what the open command asked for, after it was sent. */
export const isDone = (command: MeterCommand, state: string, time: string): boolean =>
  command.status === 'sent' && isAsAsked(command, state, time);

const isAsAsked = (command: MeterCommand, state: string, time: string): boolean =>
  states[command.command] === state && isAfterSending(command, time);

export const endConfirmed = (
  session: TenantSession,
  command: MeterCommand & Stored,
  by: NonNullable<MeterCommand['confirmedBy']>,
  more: Pick<MeterCommand, 'timedOutAt' | 'outcome'> = {},
) =>
  changeCommand(session, command, {
    status: 'confirmed',
    confirmedBy: by,
    endedAt: session.context.now(),
    ...more,
  });
