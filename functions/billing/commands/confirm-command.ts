/** A meter's status, or the word of its platform, confirms the command that is open for it. */

import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { changeCommand } from './change-command.ts';
import { commandEntity, openCommandEntity } from './command-entity.ts';
import type { MeterCommand } from './command-schema.ts';

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

export function confirmCommand({ tenantId, meterId, newStatus, time, by }: MeterStateSeen): Promise<void> {
  const session = openSession(tenantId);
  return retryOnChange(async () => {
    const open = await session.get(openCommandEntity, { meterId }, { consistent: true });
    if (open === undefined) return;
    const command = await session.require(commandEntity, { id: open.commandId });
    if (isDone(command, newStatus, time)) await endConfirmed(session, command, by);
  });
}

/** Whether a state seen at a time is what the command asked for, after it was sent. */
export const isDone = ({ status, command, sentAt }: MeterCommand, state: string, time: string): boolean =>
  status === 'sent' && states[command] === state && Date.parse(time) >= Date.parse(sentAt!) - clockToleranceMs;

export const endConfirmed = (
  session: TenantSession,
  command: MeterCommand & Stored,
  by: NonNullable<MeterCommand['confirmedBy']>,
) => changeCommand(session, command, { status: 'confirmed', confirmedBy: by, endedAt: session.context.now() });
