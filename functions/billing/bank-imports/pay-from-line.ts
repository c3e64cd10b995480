/** Makes a line of a bank a payment of a customer: the payment, the line and the bank's number in one transaction. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import type { Customer } from '../customers/customer-schema.ts';
import { recordPayment } from '../payments/record-payment.ts';
import type { StoredLine } from './bank-entities.ts';
import type { BankLine } from './bank-schema.ts';
import { claimNumber, type PaymentsByNumber, referenceOf } from './line-numbers.ts';

type Owner = Pick<BankLine, 'matchedBy' | 'assignedBy' | 'assignedAt'> & {
  customerId: string;
  invoiceIds?: string[] | undefined;
};

interface PayFromLine {
  /** Who had the line's numbers when it was looked. */
  payments: PaymentsByNumber;
  /** The owner, if read already. */
  customer?: Customer & Stored;
  /** Writes the line. */
  keep: (unit: UnitOfWork, line: BankLine) => StoredLine;
  /** Called before each attempt: what it throws ends the taking. */
  before?: () => Promise<unknown>;
}

/** @throws AppError `already_exists` when another payment has the bank's number by now */
export async function payFromLine(
  session: TenantSession,
  line: Omit<BankLine, 'status'>,
  { invoiceIds, ...owner }: Owner,
  { payments, customer, keep, before }: PayFromLine,
): Promise<StoredLine> {
  const now = session.context.now();
  let kept: StoredLine | undefined;
  // Banks say a day and no time: a time that is the same day nearly everywhere.
  const atNoon = `${line.date}T10:00:00.000Z`;
  await recordPayment(
    session,
    {
      customerId: owner.customerId,
      amount: line.amount,
      currency: line.currency,
      method: 'bank_transfer',
      // A bank that gave one number to two transfers: the second has the line's own.
      externalReference: referenceOf(payments.has(referenceOf(line)) ? { ...line, bankId: undefined } : line),
      receivedAt: atNoon < now ? atNoon : now,
      ...(invoiceIds === undefined ? {} : { invoiceIds }),
    },
    {
      customer,
      isLate: true,
      async accompany() {
        await before?.();
        return {
          attributes: { bankLineId: line.id },
          write(unit, { id: paymentId }) {
            claimNumber(unit, line, paymentId, payments);
            kept = keep(unit, { ...line, ...owner, status: 'matched', paymentId });
          },
        };
      },
    },
  );
  return kept!;
}
