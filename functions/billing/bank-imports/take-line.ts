/** Takes one line of a bank's file: a payment, a payment that came back, or money whose owner a person must find. Once, however often. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import type { StatementLine } from '../../../layers/ledger/bank-statements/statement.ts';
import { amountOf } from '../invoices/invoice-amounts.ts';
import { settleAgain } from '../payments/owe-again.ts';
import { paymentEntity } from '../payments/payment-entity.ts';
import type { Payment } from '../payments/payment-schema.ts';
import { reversePayment } from '../payments/reverse-payment.ts';
import { bankLineEntity, type StoredLine } from './bank-entities.ts';
import { bankLineSuspended } from './bank-events.ts';
import type { BankImport, BankLine } from './bank-schema.ts';
import { enteredBefore, paymentNamed } from './line-numbers.ts';
import { type LookedUp, lookUpLines } from './look-up-lines.ts';
import type { OpenByAmount } from './open-by-amount.ts';
import { payFromLine } from './pay-from-line.ts';
import { recogniseCustomer } from './recognise-customer.ts';
import { type Suspended, suspendedFor } from './suspense-reasons.ts';

export interface LineOfFile {
  id: string;
  line: StatementLine;
  /** Of one that was booked in one sum with others: the id of the sum, should that have been taken as a line. */
  bookedAs?: string | undefined;
}

type NewLine = Omit<BankLine, 'status'>;

/**
 * Takes a line that was not there when its page was begun.
 * @param lookedUp with the lines of its page
 * @returns the line as stored; of another import when an earlier file had it
 */
export async function takeLine(
  session: TenantSession,
  bankImport: BankImport,
  currency: string,
  { id, line }: LineOfFile,
  lookedUp: LookedUp,
  openByAmount: OpenByAmount,
): Promise<StoredLine> {
  const row = rowOf(bankImport, currency, id, line);
  if (line.minor < 0n) return orTaken(session, row, () => takeOut(session, row, line.minor));
  const takeIn = (known: LookedUp) => takeMoneyIn(session, row, line, known, openByAmount);
  try {
    return await takeIn(lookedUp);
  } catch (error) {
    if (!isTaken(error)) throw error;
    // A clerk entered the transfer since the page was begun, or the same number came in another line: looked up again.
    return orTaken(session, row, async () => takeIn(await lookUpLines(session, [row])));
  }
}

/** Has a person look at a line that could not be taken. @returns the line as stored, should it have been taken after all */
export async function suspendLine(
  session: TenantSession,
  bankImport: BankImport,
  currency: string,
  { id, line }: LineOfFile,
  error: unknown,
): Promise<StoredLine> {
  const row = rowOf(bankImport, currency, id, line);
  // What was owed again of a payment that then could not be taken back.
  if (line.minor < 0n)
    for await (const { payment } of paymentsNamed(session, row)) await settleAgain(session, payment.id);
  return orTaken(session, row, () => suspend(session, row, suspendedFor('not_taken', error)));
}

/** Another worker took the same line in this very moment; or the bank used one number for two transactions. */
async function orTaken(session: TenantSession, row: NewLine, take: () => Promise<StoredLine>): Promise<StoredLine> {
  const taken = () => session.get(bankLineEntity, { id: row.id }, { consistent: true });
  try {
    return await take();
  } catch (error) {
    if (!isTaken(error)) throw error;
    return (await taken()) ?? suspend(session, row, suspendedFor('number_taken'));
  }
}

const isTaken = (error: unknown): boolean => isAppError(error) && error.code === 'already_exists';

async function takeMoneyIn(
  session: TenantSession,
  row: NewLine,
  line: StatementLine,
  known: LookedUp,
  openByAmount: OpenByAmount,
): Promise<StoredLine> {
  const before = await enteredBefore(session, row, known.payments);
  if (before !== undefined) {
    const { id: paymentId, customerId } = before;
    return write(session, { ...row, status: 'matched', matchedBy: 'entered_before', paymentId, customerId }, before);
  }
  const recognised = await recogniseCustomer(session, line, row.currency, known, openByAmount);
  if (recognised === undefined) return suspend(session, row, suspendedFor('owner_unknown'));
  const { customer, ...how } = recognised;
  return payFromLine(
    session,
    row,
    { ...how, customerId: customer.id },
    { payments: known.payments, customer, keep: (unit, matched) => unit.create(bankLineEntity, matched) },
  );
}

/** Money that leaves: a transfer that the bank took back, or nothing of a customer's. */
async function takeOut(session: TenantSession, row: NewLine, minor: bigint): Promise<StoredLine> {
  for await (const { reference, payment } of paymentsNamed(session, row)) {
    if (payment.status === 'reversed' || payment.amount !== amountOf(-minor, row.currency)) continue;
    if (payment.status !== 'received')
      return suspend(session, { ...row, paymentId: payment.id }, suspendedFor('partly_given_back'));
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
      return suspend(session, { ...row, paymentId: payment.id }, suspendedFor('cannot_be_taken_back', error));
    }
  }
  return write(session, { ...row, status: 'outgoing' });
}

async function* paymentsNamed(
  session: TenantSession,
  { reference, bankId, bankAccount }: Pick<BankLine, 'reference' | 'bankId' | 'bankAccount'>,
): AsyncGenerator<{ reference: string; payment: Payment & Stored }> {
  for (const number of new Set([reference, bankId])) {
    const payment = number === undefined ? undefined : await paymentNamed(session, bankAccount, number);
    if (payment !== undefined) yield { reference: number!, payment };
  }
}

function rowOf({ id: importId, bankAccount }: BankImport, currency: string, id: string, line: StatementLine): NewLine {
  const { minor, bankId, position, date, reference, description } = line;
  return {
    id,
    importId,
    bankAccount,
    position,
    date,
    amount: amountOf(minor, currency),
    currency,
    ...(bankId === undefined ? {} : { bankId }),
    ...(reference === undefined ? {} : { reference }),
    ...(description === undefined ? {} : { description }),
  };
}

const suspend = (session: TenantSession, row: NewLine, why: Suspended): Promise<StoredLine> =>
  write(session, { ...row, status: 'suspense', ...why });

/** @param payment belongs to this line from now on, and to no other */
function write(
  session: TenantSession,
  line: BankLine,
  payment?: Awaited<ReturnType<typeof enteredBefore>>,
): Promise<StoredLine> {
  return session.transact('billing', (unit) => {
    const stored = unit.create(bankLineEntity, line);
    if (payment !== undefined) unit.update(paymentEntity, payment, { bankLineId: line.id });
    if (line.status === 'suspense' && !line.amount.startsWith('-'))
      unit.emit(bankLineSuspended, { aggregateId: line.id, payload: stored });
    return stored;
  });
}
