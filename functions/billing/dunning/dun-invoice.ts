/** Does for one invoice what is due today: marks it overdue, reminds, charges a late fee, asks for a disconnection; each once. */

import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { derivedId } from '../../../layers/kernel/ids.ts';
import { currencyExponent } from '../../../layers/money/currencies.ts';
import { fractionOf, over, scaled, times } from '../../../layers/money/fraction.ts';
import { formatMoney, money, parseMoney } from '../../../layers/money/money.ts';
import { addDays } from '../../../layers/tariff/calendar.ts';
import { readAdvance } from '../accounts/account-entity.ts';
import { requestCommand } from '../commands/request-command.ts';
import { customerEntity } from '../customers/customer-entity.ts';
import type { Customer } from '../customers/customer-schema.ts';
import { invoiceOverdue, invoiceReminder } from '../events.ts';
import { writeInvoice } from '../invoices/bill-customer.ts';
import { amountOf, minorOf } from '../invoices/invoice-amounts.ts';
import { invoiceEntity, isOpen, type StoredInvoice } from '../invoices/invoice-entity.ts';
import { invoiceEventPayload } from '../invoices/invoice-payload.ts';
import type { Invoice } from '../invoices/invoice-schema.ts';
import { suppliesOfCustomer } from '../supplies/supply-entity.ts';
import { doneBy, dueSteps } from './due-steps.ts';
import { collectableAmounts, dunningSubject } from './overdue-debt.ts';
import type { DunningPolicy, DunningStep } from './policy.ts';

/** A fee is due this long after it is charged. */
const feeDueDays = 14;

export function dunInvoice(session: TenantSession, id: string, policy: DunningPolicy, today: string): Promise<void> {
  return retryOnChange(async () => {
    const invoice = await session.require(invoiceEntity, { id });
    if (!isOpen(invoice)) return;
    const customer = await session.require(customerEntity, { id: invoice.customerId });
    const isGraced = await isSparedFromSteps(session, customer, invoice, today);
    const steps = isGraced ? [] : dueSteps(invoice, policy, today);
    const becomesOverdue = invoice.status !== 'overdue' && invoice.dueDate < today;
    if (!becomesOverdue && steps.length === 0) return;
    for (const step of steps)
      if (step.action === 'disconnect') await disconnect(session, customer, invoice, step, today);
    await writeSteps(session, invoice, steps, {
      becomesOverdue,
      done: isGraced ? (invoice.dunning ?? []) : [...doneBy(invoice, policy, today), ...steps.map((step) => step.id)],
      today,
    });
  });
}

/** Time was given, or what is overdue is paid in instalments. */
async function isSparedFromSteps(
  session: TenantSession,
  { id, graceUntil }: Customer,
  { currency, dueDate }: Invoice,
  today: string,
): Promise<boolean> {
  if (graceUntil !== undefined && graceUntil >= today) return true;
  return dueDate < today && !(await collectableAmounts(session, id, today)).has(currency);
}

async function writeSteps(
  session: TenantSession,
  invoice: StoredInvoice,
  steps: readonly DunningStep[],
  { becomesOverdue, done, today }: { becomesOverdue: boolean; done: string[]; today: string },
): Promise<void> {
  const fees = steps.filter((step) => step.action === 'late_fee');
  const advance = fees.length > 0 ? await readAdvance(session, invoice.customerId, invoice.currency) : undefined;
  await session.transact('billing', (unit) => {
    const after = unit.update(invoiceEntity, invoice, {
      dunning: [...new Set(done)],
      ...(becomesOverdue ? { status: 'overdue' as const } : {}),
    });
    if (becomesOverdue)
      unit.emit(invoiceOverdue, {
        aggregateId: invoice.id,
        payload: { ...invoiceEventPayload(after), isReminded: steps.some(({ action }) => action === 'remind') },
      });
    for (const step of steps)
      if (step.action === 'remind')
        unit.emit(invoiceReminder, {
          aggregateId: invoice.id,
          payload: { ...invoiceEventPayload(after), step: step.id, channels: step.channels },
        });
    // An advance is written once in a transaction, so of several fees that fell due at once the sum is charged.
    const fee = fees.reduce((sum, step) => sum + feeOf(step, invoice), 0n);
    if (fee > 0n)
      writeInvoice(
        unit,
        feeInvoice(invoice, fee, fees.map(({ id }) => id).join(' '), today),
        advance,
        session.context.now(),
      );
  });
}

function feeOf({ fee }: Extract<DunningStep, { action: 'late_fee' }>, { currency, dueAmount }: Invoice): bigint {
  if (fee.type === 'amount') return parseMoney(fee.amount, currency).minor;
  const share = over(fractionOf(fee.percent), fractionOf('100'));
  return scaled(times(fractionOf(dueAmount), share), currencyExponent(currency), 'half-up');
}

function feeInvoice(invoice: StoredInvoice, fee: bigint, seed: string, today: string): Invoice {
  const { currency } = invoice;
  const [total, zero] = [formatMoney(money(fee, currency)), amountOf(0n, currency)];
  return {
    id: derivedId('inv', Date.parse(today), `${invoice.id} late fee ${seed}`),
    invoiceNumber: `${invoice.invoiceNumber}-F${(invoice.dunning ?? []).length + 1}`,
    kind: 'late_fee',
    corrects: invoice.id,
    customerId: invoice.customerId,
    accountNumber: invoice.accountNumber,
    period: invoice.period,
    issueDate: today,
    dueDate: addDays(today, feeDueDays),
    currency,
    bills: [],
    subtotal: total,
    taxAmount: zero,
    fixedCharges: zero,
    rounding: zero,
    totalAmount: total,
    paidAmount: zero,
    dueAmount: total,
    status: 'issued',
    estimated: false,
  };
}

/** A second person approves it where the settings say so; who is protected, or owes little, stays connected. */
async function disconnect(
  session: TenantSession,
  customer: Customer,
  { currency }: Invoice,
  step: Extract<DunningStep, { action: 'disconnect' }>,
  today: string,
): Promise<void> {
  if (customer.isProtected) return;
  const owed = (await collectableAmounts(session, customer.id, today)).get(currency) ?? 0n;
  if (owed === 0n || owed < minorOf(step.minimumDue, currency)) return;
  for (const { meterId, from, to, mode } of await suppliesOfCustomer(session, customer.id)) {
    // Debt of a prepaid supply comes in with its tokens.
    if (from > today || (to !== undefined && to <= today) || mode === 'prepaid') continue;
    try {
      const reason = `Unpaid: step ${step.id}`;
      await requestCommand(session, { meterId, command: 'disconnect', reason }, dunningSubject, customer.id);
    } catch (error) {
      // One is open already, or the meter cannot be switched from afar: somebody goes there.
      if (!isAppError(error) || !['already_exists', 'unprocessable', 'not_found'].includes(error.code)) throw error;
    }
  }
}
