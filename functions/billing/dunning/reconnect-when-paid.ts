/**
 * Gives light back when nothing speaks for keeping it off any more: the debt is paid or cancelled, the customer is protected or
 * was given time, another one moved in. A disconnection that was not sent is withdrawn, one that happened is undone. Looked at
 * both when such a thing happens and when a command moves on, since either may come first.
 */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { commandEntity } from '../commands/command-entity.ts';
import type { MeterCommand } from '../commands/command-schema.ts';
import { endUnsent } from '../commands/decide-command.ts';
import { requestCommand } from '../commands/request-command.ts';
import { today as localToday } from '../invoices/local-day.ts';
import { presentCustomer } from '../supplies/present-customer.ts';
import { suppliesOfCustomer } from '../supplies/supply-entity.ts';
import { obstacleToDunning } from './disconnection-obstacle.ts';
import { dunningSubject } from './overdue-debt.ts';

export async function reconnectWhenPaid(tenantId: string, customerId: string): Promise<void> {
  const session = openSession(tenantId);
  const today = await localToday(session);
  for (const { meterId, from, to } of await suppliesOfCustomer(session, customerId))
    if (from <= today && (to === undefined || to > today)) await reviewMeter(session, meterId);
}

async function reviewMeter(session: TenantSession, meterId: string): Promise<void> {
  const last = await lastSwitching(session, meterId);
  if (last?.command !== 'disconnect' || last.requestedBy !== dunningSubject) return;
  const isOff = last.status === 'confirmed' || last.status === 'timed_out';
  // `sent`: the meter's confirmation brings us here again.
  if (!isOff && last.status === 'sent') return;
  const obstacle = await obstacleToDunning(session, last, { isOff });
  if (obstacle === undefined) return;
  if (isOff) await giveLight(session, meterId, obstacle);
  else await withdraw(session, last.id, obstacle);
}

/** A meter that dunning had switched off: also where it did not hear yesterday that it is to be on again. An empty house stays off. */
export async function reviewMorning(session: TenantSession, meterId: string): Promise<void> {
  if ((await presentCustomer(session, meterId)) === undefined) return;
  const last = await lastSwitching(session, meterId);
  if (last?.command !== 'reconnect') return reviewMeter(session, meterId);
  if (last.status !== 'timed_out') return;
  const obstacle = await obstacleToDunning(session, last, { isOff: true });
  if (obstacle !== undefined) await giveLight(session, meterId, obstacle);
}

async function giveLight(session: TenantSession, meterId: string, reason: string): Promise<void> {
  try {
    await requestCommand(session, { meterId, command: 'reconnect', reason }, dunningSubject);
  } catch (error) {
    if (!isAppError(error)) throw error;
    // Another order is open, whose end brings us here again.
    if (error.code === 'already_exists') return;
    // Taken out, or people's to switch by now: that must keep no other meter of the customer dark.
    if (error.code !== 'unprocessable' && error.code !== 'not_found') throw error;
    logger.warn('light not given back from afar', { tenantId: session.tenantId, meterId, reason: error.message });
  }
}

/** What was never sent changed nothing at the meter. */
async function lastSwitching(session: TenantSession, meterId: string): Promise<(MeterCommand & Stored) | undefined> {
  let cursor: string | undefined;
  do {
    const page = await session.query<MeterCommand & Stored>(commandEntity, {
      index: 'gsi1',
      pk: ['METER-COMMANDS', meterId],
      order: 'descending',
      limit: 10,
      cursor,
    });
    const found = page.items.find(
      ({ status, command }) => command !== 'set_tariff' && !['rejected', 'cancelled', 'failed'].includes(status),
    );
    // The list may lag behind the very event that brought us here.
    if (found !== undefined) return session.require(commandEntity, found);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return undefined;
}

async function withdraw(session: TenantSession, commandId: string, outcome: string): Promise<void> {
  try {
    await endUnsent(session, commandId, 'cancelled', outcome);
  } catch (error) {
    // Sent in this very moment: its confirmation brings us here again.
    if (!isAppError(error) || !['conflict', 'version_conflict'].includes(error.code)) throw error;
  }
}
