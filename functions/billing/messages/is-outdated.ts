/** Whether what a message says is no longer so: it may have waited for the night to end, or for a provider, for hours. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { commandEntity } from '../commands/command-entity.ts';
import { isOwedUpTo } from '../dunning/overdue-debt.ts';
import { invoiceEntity } from '../invoices/invoice-entity.ts';
import type { CustomerMessage } from './message-schema.ts';

/** Reminders of what was paid, and warnings of what will not happen, do harm; of everything else being late is better than being lost. */
export async function isOutdated(
  session: TenantSession,
  { template, aboutId }: Pick<CustomerMessage, 'template' | 'aboutId'>,
): Promise<boolean> {
  if (aboutId === undefined) return false;
  if (template === 'invoice_reminder' || template === 'invoice_overdue') {
    const invoice = await session.get(invoiceEntity, { id: aboutId }, { consistent: true });
    return invoice?.status === 'paid' || invoice?.status === 'cancelled';
  }
  if (template === 'collective_bill_reminder' || template === 'collective_bill_overdue') {
    const invoice = await session.get(invoiceEntity, { id: aboutId }, { consistent: true });
    // Whatever became of this one: others may be owed that are due with it.
    return invoice !== undefined && !(await isOwedUpTo(session, invoice));
  }
  if (template !== 'disconnection_warning') return false;
  const command = await session.get(commandEntity, { id: aboutId }, { consistent: true });
  return command?.status === 'cancelled' || command?.status === 'rejected';
}
