/**
 * Why a customer is not, or no longer, to be kept without light for a debt. Asked again when an order is sent and whenever
 * something about the customer changes, since weeks may lie between the order and its sending.
 */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { customerEntity } from '../customers/customer-entity.ts';
import { minorOf } from '../invoices/invoice-amounts.ts';
import { today as localToday } from '../invoices/local-day.ts';
import { presentCustomer, presentSpan } from '../supplies/present-customer.ts';
import { supplyEntity } from '../supplies/supply-entity.ts';
import { collectableAmounts } from './overdue-debt.ts';
import { type DunningPolicy, readPolicy } from './policy.ts';

/** What the log of commands says of it. */
const outcomes = {
  moved: 'The customer does not have the meter any more',
  prepaid: 'The supply is prepaid',
  protected: 'The customer is protected',
  graced: 'The customer was given time',
  paid: 'Paid',
} as const;
export type Obstacle = (typeof outcomes)[keyof typeof outcomes];

export interface Switched {
  meterId: string;
  customerId?: string | undefined;
}

/** Whether an order, whoever gave it, would hit somebody it was not meant for, or who is never switched off. */
export async function obstacleToAny(
  session: TenantSession,
  { meterId, customerId }: Switched,
): Promise<Obstacle | undefined> {
  if ((await presentCustomer(session, meterId)) !== customerId) return outcomes.moved;
  if (customerId === undefined) return undefined;
  const customer = await session.get(customerEntity, { id: customerId }, { consistent: true });
  return customer?.isProtected ? outcomes.protected : undefined;
}

/** @param options `isOff` where the light is off already: then, unless the policy says otherwise, all is to be paid */
export async function obstacleToDunning(
  session: TenantSession,
  { meterId, customerId }: Switched,
  { isOff = false } = {},
): Promise<Obstacle | undefined> {
  const span = await presentSpan(session, meterId);
  if (span === undefined || span.customerId !== customerId) return outcomes.moved;
  const [today, supply, customer, policy] = await Promise.all([
    localToday(session),
    session.require(supplyEntity, { id: span.supplyId }),
    session.get(customerEntity, { id: customerId }, { consistent: true }),
    readPolicy(session),
  ]);
  if (supply.mode === 'prepaid') return outcomes.prepaid;
  if (customer?.isProtected) return outcomes.protected;
  if (customer?.graceUntil !== undefined && customer.graceUntil >= today) return outcomes.graced;
  const isAnyEnough = isOff && policy.reconnectWhen === 'all_paid';
  for (const [currency, minor] of await collectableAmounts(session, customerId, today))
    if (isAnyEnough || minor >= leastDue(policy, currency)) return undefined;
  return outcomes.paid;
}

/** Nobody is disconnected for less. */
function leastDue({ steps }: DunningPolicy, currency: string): bigint {
  const amounts = steps.flatMap((step) => (step.action === 'disconnect' ? [minorOf(step.minimumDue, currency)] : []));
  return amounts.length === 0 ? 0n : amounts.reduce((least, one) => (one < least ? one : least));
}
