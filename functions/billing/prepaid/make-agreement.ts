/** Makes and ends agreements on debt; a customer has one at a time for each currency. */

import type * as z from 'zod/mini';
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { customerEntity } from '../customers/customer-entity.ts';
import { amountOf, minorOf } from '../invoices/invoice-amounts.ts';
import { type Agreement, activeAgreementEntity, agreementEntity, type agreementInput } from './arrears-agreement.ts';
import { refuseAmounts } from './settings.ts';

export type NewAgreement = z.infer<typeof agreementInput>;

/** @throws AppError `not_found`, `unprocessable`, `already_exists` while another one is in force */
export async function makeAgreement(session: TenantSession, order: NewAgreement): Promise<Agreement & Stored> {
  const profile = await tenantProfile(session);
  await session.require(customerEntity, { id: order.customerId });
  const currency = order.currency ?? profile.currency;
  return session.transact('billing', (unit) => writeAgreement(unit, { ...order, currency }));
}

/** @param id given where the agreement must be found again by what it was made for */
export function writeAgreement(
  unit: UnitOfWork,
  order: NewAgreement & { currency: string },
  id = newId('agr'),
): Agreement & Stored {
  const { currency, customerId, instalment, monthlyMinimum } = order;
  refuseAmounts(currency, [order.amount, monthlyMinimum, instalment.type === 'fixed' ? instalment.amount : undefined]);
  if (minorOf(order.amount, currency) <= 0n)
    throw new AppError('unprocessable', undefined, {
      texts: { en: 'An agreement is on more than nothing.', ar: 'مبلغ الاتفاق أكبر من الصفر.' },
    });
  unit.create(activeAgreementEntity, { customerId, currency, agreementId: id }, { refused: isInForce });
  return unit.create(agreementEntity, {
    ...order,
    id,
    amount: amountOf(minorOf(order.amount, currency), currency),
    recoveredAmount: amountOf(0n, currency),
    status: 'active',
  });
}

const isInForce = (): AppError =>
  new AppError('already_exists', undefined, {
    texts: {
      en: 'The customer has an agreement on debt in this currency: end it first.',
      ar: 'لدى المشترك اتفاق تقسيط قائم بهذه العملة: أنهه أولًا.',
    },
  });

/** @throws AppError `not_found`; `conflict` when it is over already */
export async function endAgreement(session: TenantSession, id: string, endReason: string): Promise<Agreement & Stored> {
  const agreement = await session.require(agreementEntity, { id });
  const { customerId, currency } = agreement;
  const active = await session.get(activeAgreementEntity, { customerId, currency }, { consistent: true });
  if (agreement.status !== 'active' || active?.agreementId !== id)
    throw new AppError('conflict', undefined, {
      texts: { en: 'The agreement is over already.', ar: 'انتهى الاتفاق من قبل.' },
    });
  return session.transact('billing', (unit) => {
    unit.delete(activeAgreementEntity, active);
    return unit.update(agreementEntity, agreement, { status: 'ended', endReason, endedAt: session.context.now() });
  });
}
