/** Lambda entry: pays a customer's open invoices with money that was left over, unless the tenant lets it wait for the next invoice. */
import { openSession } from '../../../layers/kernel/data/session.ts';
import { consumeEvents } from '../../../layers/kernel/events/consume.ts';
import { advanceLeft } from '../accounts/advance-left.ts';
import { readPaymentSettings } from '../payment-settings/payment-settings.ts';
import { setOffAdvance } from './set-off-advance.ts';

export const handler = consumeEvents(async ({ tenantId, payload, correlationId, id }) => {
  const session = openSession(tenantId, { correlationId, causationId: id });
  const { advanceSettles } = await readPaymentSettings(session);
  if (advanceSettles === 'open_invoices') await setOffAdvance(session, advanceLeft.payload.parse(payload));
});
