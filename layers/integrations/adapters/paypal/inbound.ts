/**
 * PayPal's notifications: PayPal itself says whether the signature is good, so no certificate of a foreign address is
 * fetched. @see https://developer.paypal.com/docs/api/webhooks/v1/#verify-webhook-signature_post
 */
import { type InboundEvent, type InboundRequest, type ProviderContext, ProviderError } from '../../provider.ts';
import { parseJson } from '../../read-answer.ts';
import { optionalTextAt, textAt } from '../../read-path.ts';
import type { RestClient } from '../../rest-client.ts';
import { refuse } from '../../signatures.ts';

const statuses: Readonly<Record<string, string>> = {
  'CHECKOUT.ORDER.APPROVED': 'authorised',
  'CHECKOUT.ORDER.COMPLETED': 'captured',
  'PAYMENT.CAPTURE.COMPLETED': 'captured',
  'PAYMENT.CAPTURE.PENDING': 'pending',
  'PAYMENT.CAPTURE.DENIED': 'failed',
  'PAYMENT.CAPTURE.DECLINED': 'failed',
  'PAYMENT.CAPTURE.REFUNDED': 'refunded',
};

/** @throws ProviderError `rejected` for a signature PayPal does not know as its own */
export async function readPaypalEvent(
  client: RestClient,
  context: ProviderContext,
  request: InboundRequest,
): Promise<InboundEvent> {
  const webhookId = context.settings['webhook_id'];
  if (!webhookId) throw new ProviderError('configuration', 'webhook_id is not set.');
  const rawEvent = Buffer.from(request.rawBody).toString('utf8');
  const event = parseJson(rawEvent);
  if (event === undefined) refuse('The notification is not JSON.');
  const { headers } = request;
  const fields = {
    auth_algo: headers['paypal-auth-algo'],
    cert_url: headers['paypal-cert-url'],
    transmission_id: headers['paypal-transmission-id'],
    transmission_sig: headers['paypal-transmission-sig'],
    transmission_time: headers['paypal-transmission-time'],
    webhook_id: webhookId,
  };
  if (Object.values(fields).some((value) => !value)) refuse('A header of the signature is missing.');
  const answer = await client.json({
    method: 'POST',
    path: '/v1/notifications/verify-webhook-signature',
    effect: 'read',
    headers: { 'content-type': 'application/json' },
    // The event goes in as it came: written anew, its bytes and with them its checksum would differ.
    body: `${JSON.stringify(fields).slice(0, -1)},"webhook_event":${rawEvent}}`,
  });
  if (optionalTextAt(answer, 'verification_status') !== 'SUCCESS') refuse('The signature does not match.');
  const type = textAt(event, 'event_type');
  const isOrder = type.startsWith('CHECKOUT.ORDER.');
  const status = statuses[type];
  return {
    id: textAt(event, 'id'),
    type: status === undefined ? 'other' : 'payment',
    occurredAt: textAt(event, 'create_time'),
    data: {
      event: type,
      providerReference: isOrder
        ? textAt(event, 'resource.id')
        : optionalTextAt(event, 'resource.supplementary_data.related_ids.order_id'),
      reference:
        optionalTextAt(event, 'resource.custom_id') ?? optionalTextAt(event, 'resource.purchase_units[0].custom_id'),
      ...(status === undefined ? {} : { status }),
      amount:
        optionalTextAt(event, 'resource.amount.value') ??
        optionalTextAt(event, 'resource.purchase_units[0].amount.value'),
      currency:
        optionalTextAt(event, 'resource.amount.currency_code') ??
        optionalTextAt(event, 'resource.purchase_units[0].amount.currency_code'),
    },
  };
}
