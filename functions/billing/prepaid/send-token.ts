/** Lambda entry: the customer at the meter is sent the token, by the channels they chose. The event has it masked; the row has it. */
import * as z from 'zod/mini';
import { type DisplayStyle, displayAmount, displayCode } from '../../../layers/documents/display.ts';
import { displayQuantity } from '../../../layers/documents/display-quantity.ts';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { consumeEvents } from '../../../layers/kernel/events/consume.ts';
import { customerEntity } from '../customers/customer-entity.ts';
import { notifyCustomer } from '../messages/notify-customer.ts';
import { listTokens } from './sts-numbers.ts';
import { vendEntity } from './vend-entity.ts';

const vended = z.object({ vendId: z.string(), customerId: z.optional(z.string()) });

export const handler = consumeEvents(async ({ tenantId, payload, correlationId, id }) => {
  const { vendId, customerId } = vended.parse(payload);
  if (customerId === undefined) return;
  const session = openSession(tenantId, { correlationId, causationId: id });
  const vend = await session.require(vendEntity, { id: vendId });
  // Taken back before it was sent.
  if (vend.status !== 'vended' || vend.tokens === undefined) return;
  const { language } = await session.require(customerEntity, { id: customerId });
  const style: DisplayStyle = { language, digits: 'latin' };
  const common = {
    token: displayCode(listTokens(vend.tokens), style),
    meter: displayCode(vend.meterNumber, style),
  };
  const order = { customerId, reference: `token ${vendId}`, aboutId: vendId };
  const { parts } = vend;
  if (parts === undefined)
    await notifyCustomer(session, {
      ...order,
      template: 'meter_token',
      values: { ...common, purpose: purpose[language] },
    });
  else
    await notifyCustomer(session, {
      ...order,
      template: 'prepaid_token',
      values: {
        ...common,
        amount: displayAmount(parts.amount, parts.currency, style),
        energy: `${displayQuantity(parts.energyKwh, style)} ${language === 'ar' ? 'ك.و.س' : 'kWh'}`,
      },
    });
});

/** Of the tokens without energy only key changes are the customer's. */
const purpose = {
  en: 'changes the meter’s key; your credit stays',
  ar: 'تغيير مفتاح العداد، ويبقى رصيدكم كما هو',
};
