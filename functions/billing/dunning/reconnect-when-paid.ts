/**
 * Gives light back when what was owed is paid: a disconnection that was not sent is withdrawn, one that happened is undone.
 * Looked at both when an invoice is paid and when a disconnection is confirmed, since either may come first.
 */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { commandEntity } from '../commands/command-entity.ts';
import type { MeterCommand } from '../commands/command-schema.ts';
import { endUnsent } from '../commands/decide-command.ts';
import { requestCommand } from '../commands/request-command.ts';
import { today as localToday } from '../invoices/local-day.ts';
import { suppliesOfCustomer } from '../supplies/supply-entity.ts';
import { dunningSubject, overdueAmount } from './dun-invoice.ts';

export async function reconnectWhenPaid(tenantId: string, customerId: string, currency: string): Promise<void> {
  const session = openSession(tenantId);
  const today = await localToday(session);
  if ((await overdueAmount(session, customerId, currency, today)) > 0n) return;
  for (const { meterId, to } of await suppliesOfCustomer(session, customerId))
    if (to === undefined) await reviewMeter(session, meterId);
}

async function reviewMeter(session: TenantSession, meterId: string): Promise<void> {
  const { items } = await session.query<MeterCommand & Stored>(commandEntity, {
    index: 'gsi1',
    pk: ['METER-COMMANDS', meterId],
    order: 'descending',
    limit: 10,
  });
  // What was never sent changed nothing at the meter.
  const last = items.find(
    ({ status, command }) => command !== 'set_tariff' && !['rejected', 'cancelled', 'failed'].includes(status),
  );
  if (last?.command !== 'disconnect' || last.requestedBy !== dunningSubject) return;
  if (last.status === 'requested' || last.status === 'approved') await withdraw(session, last.id);
  else if (last.status === 'confirmed' || last.status === 'timed_out')
    await requestCommand(session, { meterId, command: 'reconnect', reason: 'Paid' }, dunningSubject);
  // `sent`: the meter's confirmation brings us here again.
}

async function withdraw(session: TenantSession, commandId: string): Promise<void> {
  try {
    await endUnsent(session, commandId, 'cancelled', 'Paid');
  } catch (error) {
    // Sent in this very moment: its confirmation brings us here again.
    if (!isAppError(error) || !['conflict', 'version_conflict'].includes(error.code)) throw error;
  }
}
