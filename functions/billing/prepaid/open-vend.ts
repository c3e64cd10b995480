/**
 * Prices a token and sets aside what it takes, in one transaction: the supply's month, the invoices that its part for debt
 * settles, the agreement. One token of a supply is open at a time; a second one waits and is priced after the first.
 */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { postToAccount } from '../accounts/account-entity.ts';
import { shownAllocations } from '../payments/allocate-payment.ts';
import { paymentEntity } from '../payments/payment-entity.ts';
import { settleInvoices } from '../payments/settle-invoices.ts';
import { activeAgreementEntity, afterRecovery, agreementEntity } from './arrears-agreement.ts';
import { type PrepaidAccount, prepaidAccountEntity } from './prepaid-account.ts';
import { nextMonth } from './price-month.ts';
import { type Purchase, pricePurchase } from './price-purchase.ts';
import { type VendRow, vendEntity } from './vend-entity.ts';
import { partsOf } from './vend-payload.ts';

/**
 * @returns undefined while another token of the supply is being made
 * @throws AppError `unprocessable` or `not_found` when it cannot be sold; `version_conflict` or `already_exists` when something moved
 */
export async function openVend(session: TenantSession, vend: VendRow): Promise<VendRow | undefined> {
  const purchase = await pricePurchase(session, {
    supplyId: vend.supplyId!,
    amount: vend.kind === 'credit' ? vend.amount : undefined,
    currency: vend.currency,
  });
  const { stored, account, priced } = purchase;
  if (stored?.openVendId !== undefined && stored.openVendId !== vend.id) return undefined;
  const recovery = await readRecovery(session, vend, purchase);
  return session.transact('billing', (unit) => {
    const { supplyId: _supply, customerId: _customer, currency: _currency, ...rest } = account;
    const { openVendId: _open, isClosed: _closed, ...before } = rest;
    const opened = unit.update(vendEntity, vend, {
      status: 'vending',
      customerType: purchase.customer.type,
      parts: partsOf(priced),
      currency: priced.currency,
      before,
    });
    const after = accountAfter(purchase, vend.id);
    if (stored === undefined) unit.create(prepaidAccountEntity, after);
    else unit.update(prepaidAccountEntity, stored, after, { isAudited: false });
    recovery?.(unit);
    return opened as VendRow;
  });
}

function accountAfter({ account, priced, day }: Purchase, openVendId: string): PrepaidAccount {
  const { paid } = account;
  const isPaid = priced.amount > 0n;
  return {
    ...account,
    carried: String(priced.carriedOut),
    chargedTo: isPaid ? nextMonth(day) : account.chargedTo,
    boughtSteps: account.boughtSteps + priced.boughtSteps,
    ...(priced.freeSteps > 0 ? { freeMonth: account.month } : {}),
    paid: {
      day,
      dayMinor: String(BigInt(paid.dayMinor) + priced.amount),
      monthMinor: String(BigInt(paid.monthMinor) + priced.amount),
    },
    openVendId,
  };
}

/** The part for debt settles invoices as any payment does; it stays paid even if the token fails. */
async function readRecovery(
  session: TenantSession,
  vend: VendRow,
  { agreement, allocations, priced, account, day }: Purchase,
): Promise<((unit: UnitOfWork) => void) | undefined> {
  const { customerId } = account;
  const { currency, arrears } = priced;
  if (arrears === 0n || agreement === undefined) return undefined;
  const payment = await session.require(paymentEntity, { id: vend.paymentId! });
  const now = session.context.now();
  const changes = afterRecovery(agreement, arrears, day.slice(0, 7), now);
  const active =
    changes.status === 'fulfilled'
      ? await session.get(activeAgreementEntity, { customerId, currency }, { consistent: true })
      : undefined;
  return (unit) => {
    settleInvoices(unit, allocations, now);
    unit.update(paymentEntity, payment, { allocations: shownAllocations(allocations) });
    unit.update(agreementEntity, agreement, changes);
    if (active !== undefined) unit.delete(activeAgreementEntity, active);
    postToAccount(unit, {
      id: `${vend.id}-arrears`,
      customerId,
      type: 'payment',
      date: day,
      minor: -arrears,
      currency,
      reference: payment.paymentNumber,
    });
  };
}
