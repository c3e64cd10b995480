/** Finds the invoices that stand together on a collective bill, without reading those of other runs and years. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { addDays, daysBetween } from '../../../layers/tariff/calendar.ts';
import type { CollectiveScope } from '../documents/collective-bill-ref.ts';
import { runEntity } from '../runs/run-entity.ts';
import type { CustomerInvoice, StoredInvoice } from './invoice-entity.ts';
import { longestBillDays } from './price-supplies.ts';

/** Local days, `to` is the first day after. */
interface Period {
  from: string;
  to: string;
}

/** What is read of the customer's list for it. */
export interface ScopedInvoices {
  period: Period;
  days: Period;
  mayBe: (pointer: Pick<CustomerInvoice, 'kind' | 'runId' | 'to'>) => boolean;
  isOne: (invoice: Pick<StoredInvoice, 'kind' | 'runId' | 'period'>) => boolean;
}

/** @throws AppError `not_found` for a run there is not */
export async function invoicesOfScope(session: TenantSession, scope: CollectiveScope): Promise<ScopedInvoices> {
  if ('runId' in scope) {
    const { period } = await session.require(runEntity, { id: scope.runId });
    const isOne = ({ kind, runId }: Pick<CustomerInvoice, 'kind' | 'runId'>): boolean =>
      kind === 'invoice' && runId === scope.runId;
    // Of a meter that was given up long ago the last days may have been billed by it: its invoice began years before.
    return { period, days: { from: '0', to: period.to }, mayBe: isOne, isOne };
  }
  const period = { from: scope.from, to: scope.to };
  const endsWithin = (to: string): boolean => period.from < to && to <= period.to;
  return {
    period,
    days: { from: addDays(period.from, -longestBillDays), to: period.to },
    mayBe: ({ kind, to }) => kind === 'invoice' && (to === undefined || endsWithin(to)),
    isOne: ({ kind, period: { to } }) => kind === 'invoice' && endsWithin(to),
  };
}

/** @throws AppError `unprocessable` for a period without a day, or longer than a bill may be */
export function refuseScope({ from, to }: Period): void {
  const days = daysBetween(from, to);
  if (days >= 1 && days <= longestBillDays) return;
  throw new AppError('unprocessable', undefined, {
    texts: {
      en: `Give a period of 1 to ${longestBillDays} days; \`to\` is the first day after it.`,
      ar: `حدد فترة من يوم إلى ${longestBillDays} يومًا؛ و\`to\` هو أول يوم بعدها.`,
    },
  });
}
