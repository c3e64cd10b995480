/** PayPal's orders, version 2, and its verification of webhooks. @see https://developer.paypal.com/docs/api/orders/v2/ */
import { createHmac, randomUUID } from 'node:crypto';
import type { CreateSimulator, SimAnswer, SimRequest } from './types.ts';

const clientId = 'simulated-paypal-client';
const clientSecret = 'simulatedPaypalSecret01';
const webhookId = 'WH-SIMULATED-0001';
const accessToken = 'A21AA-simulated-paypal-access';

const problem = (status: number, name: string, message: string, issue?: string): SimAnswer => ({
  status,
  json: { name, message, debug_id: 'simulated', details: issue ? [{ issue, description: message }] : [] },
});

interface Order {
  id: string;
  unit: any;
  status: 'PAYER_ACTION_REQUIRED' | 'APPROVED' | 'COMPLETED' | 'VOIDED';
  captureId?: string;
  refunded: number;
}

export const paypal: CreateSimulator = ({ url, now, record }) => {
  const orders = new Map<string, Order>();
  const answered = new Map<string, SimAnswer>();

  const view = (order: Order) => ({
    id: order.id,
    status: order.status,
    purchase_units: [
      {
        ...order.unit,
        ...(order.captureId
          ? {
              payments: {
                captures: [
                  {
                    id: order.captureId,
                    status:
                      order.refunded === 0
                        ? 'COMPLETED'
                        : order.refunded >= Number(order.unit.amount.value)
                          ? 'REFUNDED'
                          : 'PARTIALLY_REFUNDED',
                    amount: order.unit.amount,
                  },
                ],
              },
            }
          : {}),
      },
    ],
    links: [{ rel: 'payer-action', href: `${url}/checkoutnow?token=${order.id}`, method: 'GET' }],
  });

  const post = ({ path, json: read }: SimRequest): SimAnswer | undefined => {
    const json = read();
    if (path === '/v2/checkout/orders') {
      const unit = json.purchase_units?.[0];
      if (!/^\d+(\.\d{1,3})?$/.test(unit?.amount?.value ?? ''))
        return problem(422, 'UNPROCESSABLE_ENTITY', 'The amount is not valid', 'INVALID_CURRENCY_CODE');
      const order: Order = {
        id: randomUUID().slice(0, 17).toUpperCase(),
        unit,
        status: 'PAYER_ACTION_REQUIRED',
        refunded: 0,
      };
      orders.set(order.id, order);
      record('payment', { id: order.id, reference: unit.custom_id, ...unit.amount });
      return { status: 201, json: view(order) };
    }
    const capture = /^\/v2\/checkout\/orders\/([^/]+)\/capture$/.exec(path);
    if (capture) {
      const order = orders.get(capture[1]!);
      if (!order) return problem(404, 'RESOURCE_NOT_FOUND', 'The order does not exist', 'INVALID_RESOURCE_ID');
      if (order.status !== 'APPROVED')
        return problem(422, 'UNPROCESSABLE_ENTITY', 'Payer has not yet approved the Order', 'ORDER_NOT_APPROVED');
      order.status = 'COMPLETED';
      order.captureId = `CAP-${order.id}`;
      record('capture', { id: order.id });
      return { status: 201, json: view(order) };
    }
    const refund = /^\/v2\/payments\/captures\/CAP-([^/]+)\/refund$/.exec(path);
    const order = refund ? orders.get(refund[1]!) : undefined;
    if (!order) return undefined;
    const amount = Number(json.amount?.value ?? order.unit.amount.value);
    if (order.refunded + amount > Number(order.unit.amount.value))
      return problem(422, 'UNPROCESSABLE_ENTITY', 'Refund exceeds the captured amount', 'REFUND_AMOUNT_EXCEEDED');
    order.refunded += amount;
    record('refund', { id: order.id, amount });
    return { status: 201, json: { id: `REF-${randomUUID()}`, status: 'COMPLETED' } };
  };

  /** Stands for the signature with PayPal's certificate: only this simulator can make and check it. */
  const sign = (id: string, time: string, event: unknown): string =>
    createHmac('sha256', 'simulated-paypal-certificate')
      .update(`${id}|${time}|${webhookId}|${JSON.stringify(event)}`)
      .digest('base64');

  return {
    provider: 'paypal',
    settings: { api_url: url, client_id: clientId, client_secret: clientSecret, webhook_id: webhookId },
    isPreliminary: ({ path }) => path === '/v1/oauth2/token',
    answer(request) {
      const { path, method, headers } = request;
      if (path === '/v1/oauth2/token') {
        const expected = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
        if (headers['authorization'] !== expected)
          return {
            status: 401,
            json: {
              error: 'invalid_client',
              error_description: `Client Authentication failed ${headers['authorization']}`,
            },
          };
        return { json: { access_token: accessToken, token_type: 'Bearer', expires_in: 32400 } };
      }
      if (headers['authorization'] !== `Bearer ${accessToken}`)
        return problem(401, 'AUTHENTICATION_FAILURE', 'Token signature verification failed');
      if (path === '/v1/notifications/verify-webhook-signature') {
        const { transmission_id, transmission_time, transmission_sig, webhook_id, webhook_event } = request.json();
        const isGood =
          webhook_id === webhookId && transmission_sig === sign(transmission_id, transmission_time, webhook_event);
        return { json: { verification_status: isGood ? 'SUCCESS' : 'FAILURE' } };
      }
      if (method === 'GET') {
        const order = orders.get(path.replace('/v2/checkout/orders/', ''));
        return order
          ? { json: view(order) }
          : problem(404, 'RESOURCE_NOT_FOUND', 'The order does not exist', 'INVALID_RESOURCE_ID');
      }
      const requestId = headers['paypal-request-id'];
      const answer = (requestId === undefined ? undefined : answered.get(`${path} ${requestId}`)) ?? post(request);
      if (requestId && answer && (answer.status ?? 200) < 400) answered.set(`${path} ${requestId}`, answer);
      return answer;
    },
    failure: (kind) =>
      ({
        reject: problem(422, 'UNPROCESSABLE_ENTITY', 'The instrument was declined', 'INSTRUMENT_DECLINED'),
        unauthorized: problem(403, 'NOT_AUTHORIZED', 'Authorization failed', 'PERMISSION_DENIED'),
        rate_limited: { ...problem(429, 'RATE_LIMIT_REACHED', 'Too many requests'), headers: { 'retry-after': '7' } },
        error: problem(500, 'INTERNAL_SERVER_ERROR', 'An internal server error has occurred'),
      })[kind],
    payerActs(id, outcome) {
      const order = orders.get(id);
      if (order) order.status = outcome === 'pays' ? 'APPROVED' : 'VOIDED';
    },
    notification({ url: target, id, type = 'CHECKOUT.ORDER.APPROVED' }) {
      const order = orders.get(id);
      const time = new Date(now()).toISOString();
      const event = {
        id: `WH-${randomUUID()}`,
        event_type: type,
        create_time: time,
        resource: order ? view(order) : { id },
      };
      const transmissionId = randomUUID();
      return {
        method: 'POST',
        url: target,
        headers: {
          'content-type': 'application/json',
          'paypal-auth-algo': 'SHA256withRSA',
          'paypal-cert-url': `${url}/v1/notifications/certs/CERT`,
          'paypal-transmission-id': transmissionId,
          'paypal-transmission-time': time,
          'paypal-transmission-sig': sign(transmissionId, time, event),
        },
        body: JSON.stringify(event),
      };
    },
  };
};
