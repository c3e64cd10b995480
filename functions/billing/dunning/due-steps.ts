/** Which steps of the policy are due for an invoice today. Pure. */
import { addDays } from '../../../layers/tariff/calendar.ts';
import type { Invoice } from '../invoices/invoice-schema.ts';
import type { DunningPolicy, DunningStep } from './policy.ts';

/**
 * In the order of days; a step that was done is not done again. Of reminders that fell due while nobody looked, only the last
 * one is sent: three messages in a minute collect nothing.
 */
export function dueSteps(
  invoice: Pick<Invoice, 'dueDate' | 'dunning' | 'kind'>,
  policy: DunningPolicy,
  today: string,
): DunningStep[] {
  if (!policy.isActive) return [];
  // A fee is not charged on a fee.
  const due = policy.steps
    .filter(
      ({ id, afterDays, action }) =>
        !invoice.dunning?.includes(id) &&
        addDays(invoice.dueDate, afterDays) <= today &&
        !(action === 'late_fee' && invoice.kind === 'late_fee'),
    )
    .sort((a, b) => a.afterDays - b.afterDays);
  const sent = policy.steps.filter(({ id, action }) => action === 'remind' && invoice.dunning?.includes(id));
  const lastReminder = due.findLast(
    ({ action, afterDays }) => action === 'remind' && sent.every((earlier) => earlier.afterDays < afterDays),
  );
  return due.filter((step) => step.action !== 'remind' || step === lastReminder);
}

/** Steps that count as done together with the ones that were done. */
export function doneBy(invoice: Pick<Invoice, 'dueDate' | 'dunning'>, policy: DunningPolicy, today: string): string[] {
  const passed = policy.steps.filter(
    ({ action, afterDays }) => action === 'remind' && addDays(invoice.dueDate, afterDays) <= today,
  );
  return [...new Set([...(invoice.dunning ?? []), ...passed.map(({ id }) => id)])];
}
