import { createHash } from 'node:crypto';
import { expect, it, vi } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { busBatch, makeEvent } from '../../platform/test-support/fixtures.ts';
import { handler as customers } from '../customers/handler.ts';
import { handler as publicDocuments } from '../documents/handler.ts';
import { handler as dunning } from '../dunning/handler.ts';
import { handler as invoices } from '../invoices/handler.ts';
import { handler as payments } from '../payments/handler.ts';
import { handler as prepaidTerms } from '../prepaid/terms-handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { useDocumentBucket } from '../test-support/buckets.ts';
import { useMessageScene } from '../test-support/message-scene.ts';
import { oweInvoice } from '../test-support/owe-invoice.ts';
import { useProviderPayments } from '../test-support/provider-payments.ts';
import { handler as settings } from './handler.ts';
import { notifyCustomer } from './notify-customer.ts';
import { handler as onBillingEvents } from './on-billing-events.ts';
import { handler as onDelivered } from './on-message-delivered.ts';
import { handler as onRequested } from './on-message-requested.ts';
import { wakeMessages } from './wake-messages.ts';

const stack = useBillingStack();
const scene = useProviderPayments(stack);
useDocumentBucket();
let tenant = '';
let customerId = '';
const taken = new Set<string>();

useMessageScene(stack, 'messages', (made) => {
  ({ tenant, customerId } = made);
});

const set = async (body: object) => {
  const answer = await stack.call(tenant, settings, 'PUT', '/api/billing/message-settings', { body });
  expect([answer.status, answer.body]).toMatchObject([200, {}]);
};
const listed = async () =>
  (await stack.call(tenant, customers, 'GET', `/api/billing/customers/${customerId}/messages`)).body.data;
const send = (id: string, body: object = {}) =>
  stack.call(tenant, invoices, 'POST', `/api/billing/invoices/${id}/send`, { body });

/** Hands what was requested to the sender, each so many times. */
async function deliver(times = 1): Promise<void> {
  const events = stack
    .events('message.requested')
    .filter((item) => item.tenantId.S === tenant && !taken.has(item.id.S))
    .map((item) => makeEvent({ type: 'message.requested', tenantId: tenant, payload: JSON.parse(item.payload.S) }));
  for (const item of stack.events('message.requested')) taken.add(item.id.S);
  for (let i = 0; i < times; i++) await onRequested(busBatch(events));
}

const happen = (type: string, payload: object) =>
  onBillingEvents(busBatch([makeEvent({ type, tenantId: tenant, payload: payload as Record<string, unknown> })]));

it.each([
  ['/api/billing/message-settings', settings],
  ['/api/billing/prepaid/terms/settings', prepaidTerms],
  ['/api/billing/dunning-policy', dunning],
])('%s that two save at once for the first time is saved by both', async (path, handler) => {
  const save = () => stack.call(tenant, handler, 'PUT', path, { body: {} });
  expect((await Promise.all([save(), save()])).map(({ status }) => status)).toEqual([200, 200]);
});

it('an invoice goes out once by a channel, whoever asks how often, and once more when told so', async () => {
  await scene.integrate(tenant, 'unifonic');
  const invoice = await oweInvoice(tenant, customerId, '14250.00');
  const first = await send(invoice.id);
  expect(first.body.data).toMatchObject([{ channel: 'sms', status: 'queued' }]);
  await deliver(3);
  expect((await send(invoice.id)).body.data).toMatchObject([{ channel: 'sms', status: 'sent' }]);
  await deliver();
  const [message] = await listed();
  expect(message).toMatchObject({ status: 'sent', provider: 'unifonic', aboutId: invoice.id, language: 'ar' });
  expect(message.text).toContain('14,250.00');
  expect((await send(invoice.id, { again: 'at the counter' })).body.data).toMatchObject([{ status: 'queued' }]);
  await deliver();
  const about = await stack.call(tenant, invoices, 'GET', `/api/billing/invoices/${invoice.id}/messages`);
  expect(about.body.data.map(({ status }: { status: string }) => status)).toEqual(['sent', 'sent']);
  await stack.addTenant(`${tenant}-x`);
  expect(
    (await stack.call(`${tenant}-x`, invoices, 'POST', `/api/billing/invoices/${invoice.id}/send`, { body: {} }))
      .status,
  ).toBe(404);
});

it('what cannot go out says why, and can be asked for again', async () => {
  const invoice = await oweInvoice(tenant, customerId, '10.00');
  await send(invoice.id, { channels: ['sms', 'whatsapp'] });
  await deliver();
  expect((await listed()).map(({ status, reason }: any) => [status, reason])).toEqual([
    ['failed', 'not_configured'],
    ['failed', 'not_configured'],
  ]);
  await stack.call(tenant, customers, 'PUT', `/api/billing/customers/${customerId}`, {
    body: { refusedChannels: ['whatsapp'], email: null },
  });
  expect((await send(invoice.id, { channels: ['whatsapp', 'email'] })).body.data).toMatchObject([
    { status: 'skipped', reason: 'refused' },
    { status: 'skipped', reason: 'no_address' },
  ]);
  await scene.integrate(tenant, 'unifonic');
  await send(invoice.id, { channels: ['sms'] });
  await deliver();
  expect((await listed()).find(({ channel }: any) => channel === 'sms')).toMatchObject({ status: 'sent', tries: 1 });
});

it('a reminder waits for the end of the night; a token does not', async () => {
  await set({ quietHours: { from: '21:00', to: '07:30' } });
  // 23:00 in Aden.
  vi.setSystemTime(Date.UTC(2026, 5, 15, 20));
  const invoice = await oweInvoice(tenant, customerId, '10.00');
  await happen('invoice.reminder', { invoiceId: invoice.id, step: 'first', channels: ['sms'] });
  await happen('invoice.reminder', { invoiceId: invoice.id, step: 'first', channels: ['sms'] });
  expect(await listed()).toMatchObject([{ status: 'waiting', sendAfter: '2026-06-16T04:30:00.000Z' }]);
  const values = { token: '1234 5678', meter: 'M', amount: '1', energy: '2 kWh' };
  const order = { customerId, template: 'prepaid_token', values, reference: 'vend 1' } as const;
  expect(await notifyCustomer(openSession(tenant), order)).toMatchObject([{ status: 'queued' }]);
  expect(await wakeMessages(openSession(tenant))).toBe(0);
  vi.setSystemTime(Date.UTC(2026, 5, 16, 4, 30, 1));
  expect(await wakeMessages(openSession(tenant))).toBe(1);
  expect(await wakeMessages(openSession(tenant))).toBe(0);
  expect((await listed()).map(({ status }: any) => status)).toEqual(['queued', 'queued']);
});

it('what the provider reports is noted, and an arrival is not taken back', async () => {
  const integrationId = await scene.integrate(tenant, 'unifonic');
  const invoice = await oweInvoice(tenant, customerId, '10.00');
  await send(invoice.id);
  await deliver();
  const sent = stack.tables
    .scan('billing')
    .find((row) => row['_type'].S === 'sent message' && row['integrationId'].S === integrationId);
  for (const status of ['accepted', 'delivered', 'failed'])
    await onDelivered(
      busBatch([
        makeEvent({
          type: 'message.delivered',
          tenantId: tenant,
          payload: {
            integrationId,
            occurredAt: null,
            data: { providerReference: sent!['providerReference'].S, status },
          },
        }),
      ]),
    );
  expect(await listed()).toMatchObject([{ status: 'delivered' }]);
});

it('the link in a message leads to the PDF, and no other does', async () => {
  await set({ publicUrl: 'https://api.example.com', automatic: ['invoice_issued'] });
  const invoice = await oweInvoice(tenant, customerId, '10.00');
  await happen('invoice.created', { invoiceId: invoice.id });
  const [{ text }] = await listed();
  const path = /https:\/\/api\.example\.com(\S+)/.exec(text)![1]!;
  const open = (to: string) => stack.call(tenant, publicDocuments, 'GET', to);
  const logged = vi.spyOn(logger, 'info');
  const answer = await open(path);
  expect(answer.status).toBe(302);
  // Whoever has the link has the document, and a log is read by many.
  expect(logged).toHaveBeenCalledWith('request', expect.objectContaining({ path: '/api/public/documents/{token}' }));
  expect(JSON.stringify(logged.mock.calls)).not.toContain(path.split('/').at(-1));
  logged.mockRestore();
  const pdf = await fetch(answer.headers['location']!);
  expect([pdf.status, pdf.headers.get('content-type')]).toEqual([200, 'application/pdf']);
  const bytes = Buffer.from(await pdf.arrayBuffer());
  expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
  expect((await open(`${path.slice(0, -3)}AAA`)).status).toBe(404);
  const again = await stack.call(tenant, invoices, 'GET', `/api/billing/invoices/${invoice.id}/pdf`, {
    query: { language: 'ar' },
  });
  expect(Buffer.from(await (await fetch(again.body.data.url)).arrayBuffer()).equals(bytes)).toBe(true);
});

it('a payment is answered by e-mail with the receipt as PDF, unless the customer does not want it', async () => {
  await scene.integrate(tenant, 'sendgrid');
  await stack.call(tenant, customers, 'PUT', `/api/billing/customers/${customerId}`, { body: { channels: ['email'] } });
  const pay = async (amount: string) =>
    (
      await stack.call(tenant, payments, 'POST', '/api/billing/payments', {
        body: { customerId, amount, method: 'cash' },
      })
    ).body.data;
  const tell = async ({ id, ...payment }: any) => happen('payment.received', { ...payment, paymentId: id });
  await tell(await pay('500'));
  await deliver(2);
  expect(await listed()).toMatchObject([{ template: 'payment_received', channel: 'email', status: 'sent' }]);
  const { document } = (await listed())[0];
  expect(document.kind).toBe('receipt');
  const pdf = await stack.call(tenant, payments, 'GET', `/api/billing/payments/${document.id}/receipt/pdf`, {
    query: { language: 'ar' },
  });
  const bytes = Buffer.from(await (await fetch(pdf.body.data.url)).arrayBuffer());
  expect(scene.acts('sendgrid', 'message').at(-1)!.data).toMatchObject({
    to: ['a@example.com'],
    files: [{ type: 'application/pdf', sha256: createHash('sha256').update(bytes).digest('hex') }],
  });
  await stack.call(tenant, customers, 'PUT', `/api/billing/customers/${customerId}`, {
    body: { refusedMessages: ['payment_received'] },
  });
  stack.advance(1000);
  await tell(await pay('600'));
  expect((await listed())[0]).toMatchObject({ status: 'skipped', reason: 'refused' });
});

it('receipts, credit notes and statements are there as PDF', async () => {
  const invoice = await oweInvoice(tenant, customerId, '10.00');
  const { id } = (
    await stack.call(tenant, payments, 'POST', '/api/billing/payments', {
      body: { customerId, amount: '25', method: 'cash' },
    })
  ).body.data;
  await stack.call(tenant, invoices, 'POST', `/api/billing/invoices/${invoice.id}/cancel`, {
    body: { reason: 'Wrong' },
  });
  const of = async (handler: any, path: string, query: Record<string, string> = {}) => {
    const { body } = await stack.call(tenant, handler, 'GET', path, { query });
    return Buffer.from(await (await fetch(body.data.url)).arrayBuffer())
      .subarray(0, 5)
      .toString();
  };
  expect(await of(payments, `/api/billing/payments/${id}/receipt/pdf`)).toBe('%PDF-');
  expect(
    await of(invoices, `/api/billing/invoices/${invoice.id}/pdf`, { document: 'credit_note', language: 'en' }),
  ).toBe('%PDF-');
  const period = { from: '2026-01-01', to: '2026-06-30' };
  expect(await of(customers, `/api/billing/customers/${customerId}/statement/pdf`, period)).toBe('%PDF-');
});
