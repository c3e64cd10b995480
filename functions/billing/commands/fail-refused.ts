/** A meter says that it did not do what it was told: the command has failed, at once and with the meter's reason. */
import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { commandEntity, openCommandEntity } from './command-entity.ts';
import { isAfterSending } from './confirm-command.ts';
import { endWithAlert } from './end-with-alert.ts';
import { unansweredCommandEntity } from './unanswered-command.ts';

export interface Refused {
  tenantId: string;
  meterId: string;
  action: 'disconnect' | 'reconnect';
  time: string;
  /** As the meter repeats it. */
  commandId?: string | undefined;
  reason?: string | undefined;
}

export function failRefused(said: Refused): Promise<void> {
  const session = openSession(said.tenantId);
  return retryOnChange(async () => {
    const command = await findRefused(session, said);
    if (command === undefined) return;
    const outcome = said.reason === undefined ? 'The meter refused it.' : `The meter refused it: ${said.reason}`;
    const timedOut = command.status === 'timed_out' ? { timedOutAt: command.endedAt! } : {};
    await endWithAlert(session, command, { status: 'failed', outcome, ...timedOut }, 'meter');
  });
}

/** The command that waits for the meter, or the one that was given up while no newer one has reached it. */
async function findRefused(session: TenantSession, { meterId, action, time, commandId }: Refused) {
  const told = await Promise.all([
    session.get(openCommandEntity, { meterId }, { consistent: true }),
    session.get(unansweredCommandEntity, { meterId, part: 'relay' }, { consistent: true }),
  ]);
  for (const row of told) {
    if (row === undefined || (commandId !== undefined && commandId !== row.commandId)) continue;
    const command = await session.require(commandEntity, { id: row.commandId });
    const { status } = command;
    // A newer one was sent: silence of an older one is past.
    if (status === 'sent' || status === 'timed_out')
      return command.command === action && isAfterSending(command, time) ? command : undefined;
  }
  return undefined;
}
