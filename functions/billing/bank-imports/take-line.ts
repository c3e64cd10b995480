/** Takes one line of a bank's file: a payment, a payment that came back, or money whose owner a person must find. Once, however often. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import type { StatementLine } from '../../../layers/ledger/bank-statements/statement.ts';
import { amountOf } from '../invoices/invoice-amounts.ts';
import { paymentEntity, paymentReferenceEntity } from '../payments/payment-entity.ts';
import { recordPayment } from '../payments/record-payment.ts';
import { reversePayment } from '../payments/reverse-payment.ts';
import { bankLineEntity, type StoredLine } from './bank-entities.ts';
import { bankLineSuspended } from './bank-events.ts';
import type { BankImport, BankLine } from './bank-schema.ts';
import { type OpenByAmount, recogniseCustomer } from './recognise-customer.ts';

export interface LineOfFile {
  id: string;
  line: StatementLine;
}

/**
 * Takes a line that was not there when its page was begun.
 * @returns the line as stored; of another import when an earlier file had it
 */
export async function takeLine(
  session: TenantSession,
  bankImport: BankImport,
  currency: string,
  { id, line }: LineOfFile,
  openByAmount: OpenByAmount,
): Promise<StoredLine> {
  const { minor, bankId, position, date, reference, description } = line;
  const row: Omit<BankLine, 'status'> = {
    id,
    importId: bankImport.id,
    bankAccount: bankImport.bankAccount,
    position,
    date,
    amount: amountOf(minor, currency),
    currency,
    ...(bankId === undefined ? {} : { bankId }),
    ...(reference === undefined ? {} : { reference }),
    ...(description === undefined ? {} : { description }),
  };
  try {
    if (minor < 0n) return await takeOut(session, row, minor);
    const before = await enteredBefore(session, row);
    if (before !== undefined)
      return await write(session, { ...row, status: 'matched', matchedBy: 'entered_before', ...before });
    const recognised = await recogniseCustomer(session, line, currency, openByAmount);
    if (recognised === undefined) return await write(session, { ...row, status: 'suspense' });
    return await payFromLine(session, row, recognised, (unit, matched) => unit.create(bankLineEntity, matched));
  } catch (error) {
    if (!isAppError(error) || error.code !== 'already_exists') throw error;
    // Another worker took the same line in this very moment; or the bank used one number for two transactions.
    const taken = await session.get(bankLineEntity, { id }, { consistent: true });
    const outcome = 'Another payment has the number that the bank gave it';
    return taken ?? write(session, { ...row, status: 'suspense', outcome });
  }
}

type Owner = Pick<BankLine, 'matchedBy' | 'assignedBy' | 'assignedAt'> & {
  customerId: string;
  invoiceIds?: string[] | undefined;
};

/** The payment and the line in one transaction. @param keep writes the line */
export async function payFromLine(
  session: TenantSession,
  line: Omit<BankLine, 'status'>,
  { invoiceIds, ...owner }: Owner,
  keep: (unit: UnitOfWork, line: BankLine) => StoredLine,
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
      externalReference: referenceOf(line),
      receivedAt: atNoon < now ? atNoon : now,
      ...(invoiceIds === undefined ? {} : { invoiceIds }),
    },
    {
      isLate: true,
      accompany: async () => {
        const claim = await claimNumber(session, line);
        return {
          attributes: { bankLineId: line.id },
          write(unit, { id: paymentId }) {
            claim(unit, paymentId);
            kept = keep(unit, { ...line, ...owner, status: 'matched', paymentId });
          },
        };
      },
    },
  );
  return kept!;
}

/**
 * The bank's number by itself stands for the payment too, so that a clerk who enters the transfer by hand, at this moment or
 * later, is refused. Where another account's line or payment has the number already it stays with that.
 */
async function claimNumber(
  session: TenantSession,
  { bankId }: Pick<BankLine, 'bankId'>,
): Promise<(unit: UnitOfWork, paymentId: string) => void> {
  if (bankId === undefined) return () => undefined;
  const key = { method: 'bank_transfer', reference: bankId.slice(0, 100) };
  const isTaken = (await session.get(paymentReferenceEntity, key, { consistent: true })) !== undefined;
  return (unit, paymentId) => void (isTaken || unit.create(paymentReferenceEntity, { ...key, paymentId }));
}

/** What a line's payment is known by. */
export const referenceOf = ({ bankAccount, bankId, id }: Pick<BankLine, 'bankAccount' | 'bankId' | 'id'>): string =>
  `${bankAccount}:${bankId ?? id}`.slice(0, 100);

/** A payment that somebody entered by hand with the bank's number, before the file came. */
async function enteredBefore(session: TenantSession, row: Omit<BankLine, 'status'>) {
  const references = [...new Set([row.bankId, row.reference])].flatMap((one) => one?.slice(0, 100) ?? []);
  const known = await session.getMany(
    paymentReferenceEntity,
    references.map((reference) => ({ method: 'bank_transfer', reference })),
    { consistent: true },
  );
  for (const reference of references) {
    const paymentId = known.find((one) => one.reference === reference)?.paymentId;
    if (paymentId === undefined) continue;
    const payment = await session.require(paymentEntity, { id: paymentId });
    const isIt =
      payment.status === 'received' &&
      payment.bankLineId === undefined &&
      payment.amount === row.amount &&
      payment.currency === row.currency;
    if (isIt) return { paymentId: payment.id, customerId: payment.customerId, payment };
  }
  return undefined;
}

async function paymentBy(session: TenantSession, reference: string) {
  const known = await session.get(
    paymentReferenceEntity,
    { method: 'bank_transfer', reference: reference.slice(0, 100) },
    { consistent: true },
  );
  return known && session.require(paymentEntity, { id: known.paymentId });
}

/** Money that leaves: a transfer that the bank took back, or nothing of a customer's. */
async function takeOut(session: TenantSession, row: Omit<BankLine, 'status'>, minor: bigint): Promise<StoredLine> {
  for (const reference of new Set([row.reference, row.bankId])) {
    if (reference === undefined) continue;
    const payment =
      (await paymentBy(session, `${row.bankAccount}:${reference}`)) ?? (await paymentBy(session, reference));
    if (payment?.status !== 'received' || payment.amount !== amountOf(-minor, row.currency)) continue;
    const returned: BankLine = { ...row, status: 'returned', paymentId: payment.id, customerId: payment.customerId };
    try {
      await reversePayment(session, payment.id, `Taken back by the bank: ${reference}`, {
        becomesDebt: true,
        accompany: async () => ({ write: (unit) => void unit.create(bankLineEntity, returned) }),
      });
      return await session.require(bankLineEntity, { id: row.id });
    } catch (error) {
      if (!isAppError(error) || error.code !== 'conflict') throw error;
      // Its token is being made, or a refund is under way: a person decides.
      return write(session, {
        ...row,
        status: 'suspense',
        paymentId: payment.id,
        outcome: error.message.slice(0, 500),
      });
    }
  }
  return write(session, { ...row, status: 'outgoing' });
}

function write(
  session: TenantSession,
  { payment, ...line }: BankLine & { payment?: Awaited<ReturnType<typeof paymentBy>> },
): Promise<StoredLine> {
  return session.transact('billing', (unit) => {
    const stored = unit.create(bankLineEntity, line);
    // The payment belongs to this line from now on, and to no other.
    if (payment !== undefined) unit.update(paymentEntity, payment, { bankLineId: line.id });
    if (line.status === 'suspense' && !line.amount.startsWith('-'))
      unit.emit(bankLineSuspended, { aggregateId: line.id, payload: stored });
    return stored;
  });
}
