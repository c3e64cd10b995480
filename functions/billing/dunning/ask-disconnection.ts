/** Asks for the meters of a debtor to be switched off, and says what became of each, since some must be gone to. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { commandEntity, openCommandEntity } from '../commands/command-entity.ts';
import type { MeterCommand } from '../commands/command-schema.ts';
import { requestCommand } from '../commands/request-command.ts';
import type { Customer } from '../customers/customer-schema.ts';
import { minorOf } from '../invoices/invoice-amounts.ts';
import { suppliesOfCustomer } from '../supplies/supply-entity.ts';
import type { Disconnection } from './collection-log.ts';
import { collectableAmounts, dunningSubject } from './overdue-debt.ts';
import type { DunningStep } from './policy.ts';

/** A second person approves it where the settings say so; who is protected, or owes little, stays connected. */
export async function askDisconnection(
  session: TenantSession,
  customer: Customer,
  currency: string,
  step: Extract<DunningStep, { action: 'disconnect' }>,
  today: string,
): Promise<Disconnection> {
  if (customer.isProtected) return { spared: 'protected', meters: [] };
  const owed = (await collectableAmounts(session, customer.id, today)).get(currency) ?? 0n;
  if (owed === 0n || owed < minorOf(step.minimumDue, currency)) return { spared: 'below_minimum', meters: [] };
  const meters: Disconnection['meters'] = [];
  for (const { meterId, from, to, mode } of await suppliesOfCustomer(session, customer.id)) {
    // Debt of a prepaid supply comes in with its tokens.
    if (from > today || (to !== undefined && to <= today) || mode === 'prepaid') continue;
    meters.push({ meterId, ...(await askFor(session, customer.id, meterId, reasonOf(step.id))) });
  }
  return { meters };
}

export const reasonOf = (stepId: string): string => `Unpaid: step ${stepId}`;

async function askFor(
  session: TenantSession,
  customerId: string,
  meterId: string,
  reason: string,
): Promise<Omit<Disconnection['meters'][number], 'meterId'>> {
  try {
    const { id } = await requestCommand(
      session,
      { meterId, command: 'disconnect', reason },
      dunningSubject,
      customerId,
    );
    return { outcome: 'requested', commandId: id };
  } catch (error) {
    if (!isAppError(error) || !['already_exists', 'unprocessable', 'not_found'].includes(error.code)) throw error;
    if (error.code !== 'already_exists') return { outcome: 'not_switchable' };
    // Whoever looked before may have died after the order.
    const own = await openOrder(session, meterId);
    return own?.requestedBy === dunningSubject && own.reason === reason && own.command === 'disconnect'
      ? { outcome: 'requested', commandId: own.id }
      : { outcome: 'order_open' };
  }
}

async function openOrder(session: TenantSession, meterId: string): Promise<MeterCommand | undefined> {
  const open = await session.get(openCommandEntity, { meterId }, { consistent: true });
  return open && session.get(commandEntity, { id: open.commandId }, { consistent: true });
}
