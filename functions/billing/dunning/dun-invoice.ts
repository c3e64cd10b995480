/** Does for one invoice what is due today: marks it overdue, reminds, charges a late fee, asks for a disconnection; each once. */

import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { derivedId } from '../../../layers/kernel/ids.ts';
import { currencyExponent } from '../../../layers/money/currencies.ts';
import { fractionOf, over, scaled, times } from '../../../layers/money/fraction.ts';
import { parseMoney } from '../../../layers/money/money.ts';
import { addDays } from '../../../layers/tariff/calendar.ts';
import { readAdvance } from '../accounts/account-entity.ts';
import { customerEntity } from '../customers/customer-entity.ts';
import type { Customer } from '../customers/customer-schema.ts';
import { invoiceOverdue, invoiceReminder } from '../events.ts';
import { invoiceEntity, isOpen, type StoredInvoice } from '../invoices/invoice-entity.ts';
import { invoiceEventPayload } from '../invoices/invoice-payload.ts';
import type { Invoice } from '../invoices/invoice-schema.ts';
import { oneAmount } from '../invoices/one-amount.ts';
import { writeInvoice } from '../invoices/write-invoice.ts';
import { askDisconnection } from './ask-disconnection.ts';
import { type Disconnection, logAction } from './collection-log.ts';
import { doneBy, dueSteps } from './due-steps.ts';
import { collectableAmounts, isOwedUpTo } from './overdue-debt.ts';
import type { DunningPolicy, DunningStep } from './policy.ts';

/** A fee is due this long after it is charged. */
const feeDueDays = 14;

export function dunInvoice(session: TenantSession, id: string, policy: DunningPolicy, today: string): Promise<void> {
  return retryOnChange(async () => {
    const invoice = await session.require(invoiceEntity, { id });
    if (!isOpen(invoice)) return;
    const customer = await session.require(customerEntity, { id: invoice.customerId });
    const due = dueSteps(invoice, policy, today);
    const isGraced = due.length > 0 && (await isSparedFromSteps(session, customer, invoice, today));
    const steps = isGraced ? [] : due;
    const becomesOverdue = invoice.status !== 'overdue' && invoice.dueDate < today;
    if (!becomesOverdue && steps.length === 0) return;
    const disconnections = new Map<string, Disconnection>();
    for (const step of steps)
      if (step.action === 'disconnect')
        disconnections.set(step.id, await askDisconnection(session, customer, invoice.currency, step, today));
    await writeSteps(session, invoice, steps, {
      becomesOverdue,
      done: isGraced ? (invoice.dunning ?? []) : [...doneBy(invoice, policy, today), ...steps.map((step) => step.id)],
      today,
      disconnections,
    });
  });
}

/** Time was given, or what is owed is paid in instalments, or covered by what was paid ahead. */
async function isSparedFromSteps(
  session: TenantSession,
  { id, graceUntil }: Customer,
  invoice: Invoice,
  today: string,
): Promise<boolean> {
  if (graceUntil !== undefined && graceUntil >= today) return true;
  if (invoice.dueDate < today) return !(await collectableAmounts(session, id, today)).has(invoice.currency);
  return !(await isOwedUpTo(session, invoice));
}

async function writeSteps(
  session: TenantSession,
  invoice: StoredInvoice,
  steps: readonly DunningStep[],
  {
    becomesOverdue,
    done,
    today,
    disconnections,
  }: { becomesOverdue: boolean; done: string[]; today: string; disconnections: ReadonlyMap<string, Disconnection> },
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
    const now = session.context.now();
    if (becomesOverdue) logAction(unit, after, { action: 'overdue' }, now);
    for (const step of steps) {
      const { id, action } = step;
      const disconnection = disconnections.get(id);
      logAction(
        unit,
        after,
        {
          action,
          step: id,
          ...(step.action === 'remind' ? { channels: step.channels } : {}),
          ...(disconnection === undefined ? {} : { disconnection }),
        },
        now,
      );
      if (step.action === 'remind')
        unit.emit(invoiceReminder, {
          aggregateId: invoice.id,
          payload: { ...invoiceEventPayload(after), step: id, channels: step.channels },
        });
    }
    // An advance is written once in a transaction, so of several fees that fell due at once the sum is charged.
    const fee = fees.reduce((sum, step) => sum + feeOf(step, invoice), 0n);
    if (fee > 0n) writeInvoice(unit, feeInvoice(invoice, fee, fees.map(({ id }) => id).join(' '), today), advance, now);
  });
}

function feeOf({ fee }: Extract<DunningStep, { action: 'late_fee' }>, { currency, dueAmount }: Invoice): bigint {
  if (fee.type === 'amount') return parseMoney(fee.amount, currency).minor;
  const share = over(fractionOf(fee.percent), fractionOf('100'));
  return scaled(times(fractionOf(dueAmount), share), currencyExponent(currency), 'half-up');
}

function feeInvoice(invoice: StoredInvoice, fee: bigint, seed: string, today: string): Invoice {
  return {
    id: derivedId('inv', Date.parse(today), `${invoice.id} late fee ${seed}`),
    invoiceNumber: `${invoice.invoiceNumber}-F${(invoice.dunning ?? []).length + 1}`,
    kind: 'late_fee',
    corrects: invoice.id,
    customerId: invoice.customerId,
    ...(invoice.customerType === undefined ? {} : { customerType: invoice.customerType }),
    accountNumber: invoice.accountNumber,
    period: invoice.period,
    issueDate: today,
    dueDate: addDays(today, feeDueDays),
    ...oneAmount(fee, invoice.currency),
  };
}
