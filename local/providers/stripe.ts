/** Stripe's Checkout sessions, intents and refunds. @see https://docs.stripe.com/api */
import { createHmac, randomUUID } from 'node:crypto';
import type { CreateSimulator, Refusal, SimAnswer, SimRequest } from './types.ts';

const key = 'sk_test_simulatedStripeKey0001';
const signingSecret = 'whsec_simulatedStripeSigning';

const error = (status: number, type: string, message: string, code?: string): SimAnswer => ({
  status,
  json: { error: { type, message, ...(code ? { code } : {}) } },
});

interface Session {
  id: string;
  form: URLSearchParams;
  amount: number;
  currency: string;
  state: 'open' | 'authorised' | 'paid' | 'expired';
  refunded: number;
}

export const stripe: CreateSimulator = ({ url, now, record }) => {
  const sessions = new Map<string, Session>();
  // Keys are kept with their answer, and with the parameters they came with.
  const answered = new Map<string, { parameters: string; answer: SimAnswer }>();

  const view = (session: Session) => ({
    id: session.id,
    object: 'checkout.session',
    url: session.state === 'open' ? `${url}/pay/${session.id}` : null,
    status: session.state === 'open' ? 'open' : session.state === 'expired' ? 'expired' : 'complete',
    payment_status: session.state === 'paid' ? 'paid' : 'unpaid',
    amount_total: session.amount,
    currency: session.currency,
    client_reference_id: session.form.get('client_reference_id'),
    metadata: { reference: session.form.get('metadata[reference]') },
    payment_intent:
      session.state === 'open' || session.state === 'expired'
        ? null
        : {
            id: `pi_${session.id.slice(8)}`,
            status: session.state === 'paid' ? 'succeeded' : 'requires_capture',
            latest_charge: { refunded: session.refunded === session.amount, amount_refunded: session.refunded },
          },
  });
  const byIntent = (intent: string | null) => [...sessions.values()].find(({ id }) => `pi_${id.slice(8)}` === intent);

  const post = ({ path, form: read }: SimRequest): SimAnswer | undefined => {
    const form = read();
    if (path === '/v1/checkout/sessions') {
      const amount = Number(form.get('line_items[0][price_data][unit_amount]'));
      if (!Number.isInteger(amount) || amount <= 0)
        return error(400, 'invalid_request_error', 'Invalid integer', 'parameter_invalid_integer');
      if (!form.get('success_url'))
        return error(400, 'invalid_request_error', 'You must provide success_url', 'parameter_missing');
      const currency = form.get('line_items[0][price_data][currency]') ?? '';
      const session: Session = {
        id: `cs_test_${randomUUID().replaceAll('-', '')}`,
        form,
        amount,
        currency,
        state: 'open',
        refunded: 0,
      };
      sessions.set(session.id, session);
      record('payment', { id: session.id, reference: form.get('client_reference_id'), amount, currency });
      return { json: view(session) };
    }
    const capture = /^\/v1\/payment_intents\/([^/]+)\/capture$/.exec(path);
    if (capture) {
      const session = byIntent(capture[1]!);
      if (session?.state !== 'authorised')
        return error(
          400,
          'invalid_request_error',
          'This PaymentIntent could not be captured',
          'payment_intent_unexpected_state',
        );
      session.state = 'paid';
      record('capture', { id: session.id, amount: Number(form.get('amount_to_capture')) });
      return { json: { id: capture[1], status: 'succeeded' } };
    }
    if (path !== '/v1/refunds') return undefined;
    const session = byIntent(form.get('payment_intent'));
    const amount = Number(form.get('amount'));
    if (session === undefined) return error(404, 'invalid_request_error', 'No such payment_intent', 'resource_missing');
    if (session.refunded + amount > session.amount)
      return error(400, 'invalid_request_error', 'Refund amount is greater than charge', 'charge_already_refunded');
    session.refunded += amount;
    record('refund', { id: session.id, amount });
    return { json: { id: `re_${randomUUID()}`, object: 'refund', status: 'succeeded', amount } };
  };

  return {
    provider: 'stripe',
    settings: { api_url: url, secret_key: key, webhook_secret: signingSecret },
    answer(request) {
      if (request.headers['authorization'] !== `Bearer ${key}`)
        return error(
          401,
          'invalid_request_error',
          `Invalid API Key provided: ${request.headers['authorization']?.slice(7)}`,
        );
      if (request.method === 'GET') {
        if (request.path === '/v1/balance') return { json: { object: 'balance', available: [] } };
        const session = sessions.get(request.path.replace('/v1/checkout/sessions/', ''));
        return session
          ? { json: view(session) }
          : error(404, 'invalid_request_error', 'No such session', 'resource_missing');
      }
      const idempotencyKey = request.headers['idempotency-key'];
      const parameters = `${request.path}?${request.body}`;
      const before = idempotencyKey === undefined ? undefined : answered.get(idempotencyKey);
      if (before && before.parameters !== parameters)
        return error(
          400,
          'idempotency_error',
          'Keys for idempotent requests can only be used with the same parameters',
        );
      const answer = before?.answer ?? post(request);
      if (idempotencyKey && answer) answered.set(idempotencyKey, { parameters, answer });
      return answer;
    },
    failure: (kind: Refusal) =>
      ({
        reject: error(402, 'card_error', 'Your card was declined.', 'card_declined'),
        unauthorized: error(401, 'invalid_request_error', 'Invalid API Key provided'),
        rate_limited: {
          ...error(429, 'invalid_request_error', 'Too many requests', 'rate_limit'),
          headers: { 'retry-after': '7' },
        },
        error: error(500, 'api_error', 'An unknown error occurred'),
      })[kind],
    payerActs(id, outcome) {
      const session = sessions.get(id);
      if (!session) return;
      const isManual = session.form.get('payment_intent_data[capture_method]') === 'manual';
      session.state = outcome === 'declines' ? 'expired' : isManual || outcome === 'authorises' ? 'authorised' : 'paid';
    },
    notification({ url: target, id, type = 'checkout.session.completed' }) {
      const session = sessions.get(id);
      const created = Math.floor(now() / 1000);
      const object = session ? view(session) : { id };
      const body = JSON.stringify({ id: `evt_${randomUUID()}`, object: 'event', type, created, data: { object } });
      const signature = createHmac('sha256', signingSecret).update(`${created}.${body}`).digest('hex');
      return {
        method: 'POST',
        url: target,
        headers: { 'content-type': 'application/json', 'stripe-signature': `t=${created},v1=${signature}` },
        body,
      };
    },
  };
};
