/** Numbers that stand for a line's money: the bank's own, and those that a clerk may have entered it by before its file came. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { paymentEntity, paymentReferenceEntity } from '../payments/payment-entity.ts';
import type { BankLine } from './bank-schema.ts';

/** Payments by the references of bank transfers, as they were read. */
export type PaymentsByNumber = ReadonlyMap<string, string>;

const keyOf = (number: string) => ({ method: 'bank_transfer', reference: number.slice(0, 100) });

/** What a line's payment is known by. */
export const referenceOf = ({ bankAccount, bankId, id }: Pick<BankLine, 'bankAccount' | 'bankId' | 'id'>): string =>
  `${bankAccount}:${bankId ?? id}`.slice(0, 100);

/** The numbers a clerk may have entered the line's money by. */
const numbersOf = ({ bankId, reference }: Pick<BankLine, 'bankId' | 'reference'>): string[] =>
  [...new Set([bankId, reference])].flatMap((one) => (one ? keyOf(one).reference : []));

/** Which payments have the numbers of these lines, all asked at once. */
export async function paymentsByNumber(
  session: TenantSession,
  lines: readonly Pick<BankLine, 'bankId' | 'reference'>[],
): Promise<PaymentsByNumber> {
  const numbers = [...new Set(lines.flatMap(numbersOf))];
  const known = await session.getMany(paymentReferenceEntity, numbers.map(keyOf), { consistent: true });
  return new Map(known.map(({ reference, paymentId }) => [reference, paymentId]));
}

/** A payment that somebody entered by hand with a number of the line's, before it was taken. */
export async function enteredBefore(
  session: TenantSession,
  line: Pick<BankLine, 'bankId' | 'reference' | 'amount' | 'currency'>,
  payments: PaymentsByNumber,
) {
  for (const number of numbersOf(line)) {
    const id = payments.get(number);
    if (id === undefined) continue;
    const payment = await session.require(paymentEntity, { id });
    const isIt =
      payment.status === 'received' &&
      payment.bankLineId === undefined &&
      payment.amount === line.amount &&
      payment.currency === line.currency;
    if (isIt) return payment;
  }
  return undefined;
}

/**
 * The bank's number by itself stands for the payment too, so that a clerk who enters the transfer by hand, at this moment or
 * later, is refused. Where another account's line or payment had the number it stays with that; who takes it after it was looked
 * for makes the transaction fail with `already_exists`.
 */
export function claimNumber(
  unit: UnitOfWork,
  { bankId }: Pick<BankLine, 'bankId'>,
  paymentId: string,
  payments: PaymentsByNumber,
): void {
  if (bankId === undefined) return;
  const key = keyOf(bankId);
  if (!payments.has(key.reference)) unit.create(paymentReferenceEntity, { ...key, paymentId });
}

/** The payment that money leaving the bank names: as a line of this account, or as a clerk wrote it. */
export async function paymentNamed(session: TenantSession, bankAccount: string, number: string) {
  for (const one of [`${bankAccount}:${number}`, number]) {
    const known = await session.get(paymentReferenceEntity, keyOf(one), { consistent: true });
    if (known !== undefined) return session.require(paymentEntity, { id: known.paymentId });
  }
  return undefined;
}
