/** A meter's status, or the word of its platform, confirms the command that is open for it. */

import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import { openSession } from '../../../layers/kernel/data/session.ts';
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
    if (command.status !== 'sent' || states[command.command] !== newStatus) return;
    if (Date.parse(time) < Date.parse(command.sentAt!) - clockToleranceMs) return;
    await changeCommand(session, command, { status: 'confirmed', confirmedBy: by, endedAt: session.context.now() });
  });
}
