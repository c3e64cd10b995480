/** Stripe's notifications. @see https://docs.stripe.com/webhooks#verify-manually */

import { formatMoney } from '../../../money/money.ts';
import { fromUnits } from '../../payment-amounts.ts';
import { type InboundEvent, type InboundRequest, type ProviderContext, ProviderError } from '../../provider.ts';
import { parseJson } from '../../read-answer.ts';
import { optionalTextAt, textAt } from '../../read-path.ts';
import { hmac, requireRecent, requireSignature } from '../../signatures.ts';

const statuses: Readonly<Record<string, string>> = {
  'checkout.session.completed': 'captured',
  'checkout.session.async_payment_succeeded': 'captured',
  'checkout.session.async_payment_failed': 'failed',
  'checkout.session.expired': 'cancelled',
};

/** @throws ProviderError `rejected` for a signature that is bad or older than five minutes */
export function readStripeEvent(
  context: ProviderContext,
  request: InboundRequest,
  decimalsOf: (currency: string) => number,
): InboundEvent {
  const parts = (request.headers['stripe-signature'] ?? '').split(',').map((part) => part.trim().split('='));
  const timestamp = parts.find(([name]) => name === 't')?.[1] ?? '';
  const content = Buffer.concat([Buffer.from(`${timestamp}.`), request.rawBody]);
  // During a rotation of the secret there are several v1 signatures.
  const given = parts.filter(([name]) => name === 'v1').map(([, value]) => value);
  requireSignature(hmac('sha256', context.settings['webhook_secret'], content, 'hex'), given);
  requireRecent(Number(timestamp === '' ? Number.NaN : timestamp) * 1000, context.now());
  const event = parseJson(Buffer.from(request.rawBody).toString('utf8'));
  if (event === undefined) throw new ProviderError('rejected', 'The notification is not JSON.');
  const type = textAt(event, 'type');
  const isSession = type.startsWith('checkout.session.');
  const currency = optionalTextAt(event, 'data.object.currency')?.toUpperCase();
  const units = optionalTextAt(event, 'data.object.amount_total');
  const amount = currency && units ? fromUnits(units, currency, decimalsOf(currency)) : undefined;
  const isUnpaid = optionalTextAt(event, 'data.object.payment_status') === 'unpaid';
  return {
    id: textAt(event, 'id'),
    type: isSession ? 'payment' : 'other',
    occurredAt: new Date(Number(textAt(event, 'created')) * 1000).toISOString(),
    data: {
      event: type,
      providerReference: textAt(event, 'data.object.id'),
      reference:
        optionalTextAt(event, 'data.object.client_reference_id') ??
        optionalTextAt(event, 'data.object.metadata.reference'),
      ...(isSession
        ? { status: type.endsWith('.completed') && isUnpaid ? 'pending' : (statuses[type] ?? 'pending') }
        : {}),
      ...(amount ? { amount: formatMoney(amount), currency: amount.currency } : {}),
    },
  };
}
