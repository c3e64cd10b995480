/** Timer: gives up on a command whose time is over. One that was sent may have been executed, and is said to be unknown. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { isoTime } from '../../../layers/metering/reading-time.ts';
import { setTimer } from '../timers/timer-entity.ts';
import { advanceCommand } from './advance-command.ts';
import { commandEntity } from './command-entity.ts';
import { expiry } from './decide-command.ts';

/** What the station has to tell of a command that ran to its last second. */
const graceMs = 60_000;

export async function expireCommand(session: TenantSession, id: string): Promise<void> {
  const command = await session.get(commandEntity, { id }, { consistent: true });
  if (command === undefined || command.final) return;
  const now = session.context.now();
  if (command.status === 'requested') {
    await advanceCommand(session, id, expiry(session));
    return;
  }
  const endMs = Date.parse(command.validUntil) + graceMs;
  if (Date.parse(now) < endMs) {
    await session.transact('scada', (unit) => {
      setTimer(unit, { kind: 'expire-command', tenantId: session.tenantId, ref: id, dueAt: isoTime(endMs) });
    });
    return;
  }
  const wasExecuted = command.status === 'executed';
  await advanceCommand(session, id, {
    step: 'timed_out',
    status: wasExecuted ? 'executed' : 'unknown',
    final: true,
    at: now,
    by: 'platform',
    detail: wasExecuted
      ? 'The device took it; the station never told what the read-back point showed.'
      : 'The station never told what became of it: it may have happened.',
  });
}
