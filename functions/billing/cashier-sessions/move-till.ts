/** Puts money into an open till or takes it out, on the till's version: a till that is being counted takes nothing more. */
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { amountOf, minorOf } from '../invoices/invoice-amounts.ts';
import { cashierSessionEntity, movementEntity, type StoredCashierSession } from './cashier-session-entity.ts';
import type { InTill, Movement } from './cashier-session-schema.ts';

type NewMovement = Omit<Movement, 'id' | 'sessionId' | 'amount'> & {
  /** Minor units, out of the till below zero. */
  minor: bigint;
};

export function moveTill(unit: UnitOfWork, till: StoredCashierSession, { minor, ...movement }: NewMovement): Movement {
  const { method, currency, receiptNumber, type } = movement;
  const expected = addTo(till.expected, { method, currency, minor });
  unit.update(
    cashierSessionEntity,
    till,
    {
      expected,
      ...(receiptNumber === undefined ? {} : { receipts: till.receipts + 1 }),
      ...(type === 'payment' ? { payments: till.payments + 1 } : {}),
    },
    // The movements are its history.
    { isAudited: false },
  );
  const amount = amountOf(minor, currency);
  return unit.create(movementEntity, { ...movement, id: newId('mov'), sessionId: till.id, amount });
}

/** The next receipt of the till's own series. */
export const nextReceipt = ({ sessionNumber, receipts }: StoredCashierSession): string =>
  `${sessionNumber}-${String(receipts + 1).padStart(4, '0')}`;

const inTill = (lines: readonly InTill[], method: string, currency: string): bigint => {
  const line = lines.find((one) => one.method === method && one.currency === currency);
  return line === undefined ? 0n : minorOf(line.amount, currency);
};

function addTo(
  lines: readonly InTill[],
  { method, currency, minor }: Pick<InTill, 'method' | 'currency'> & { minor: bigint },
): InTill[] {
  const amount = amountOf(inTill(lines, method, currency) + minor, currency);
  const isKnown = lines.some((one) => one.method === method && one.currency === currency);
  return isKnown
    ? lines.map((one) => (one.method === method && one.currency === currency ? { ...one, amount } : one))
    : [...lines, { method, currency, amount }];
}

/** @throws AppError `conflict` where less than so much is in the till */
export function refuseEmptyTill(
  { expected }: StoredCashierSession,
  method: string,
  currency: string,
  minor: bigint,
): void {
  if (inTill(expected, method, currency) < minor)
    throw new AppError('conflict', undefined, {
      texts: { en: 'There is not so much money in the till.', ar: 'لا يوجد هذا القدر من المال في الصندوق.' },
    });
}
