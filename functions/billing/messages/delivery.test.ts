/** From the provider's answer on: reports in any order, providers that are busy, a sender that dies, and bills as documents over WhatsApp. */
import { describe, expect, it } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { sendSms } from '../../platform/contract.ts';
import { busBatch, makeEvent } from '../../platform/test-support/fixtures.ts';
import { invoiceEntity } from '../invoices/invoice-entity.ts';
import { handler as payments } from '../payments/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { useDocumentBucket } from '../test-support/buckets.ts';
import { type MessageScene, useMessageScene } from '../test-support/message-scene.ts';
import { oweInvoice } from '../test-support/owe-invoice.ts';
import { useProviderPayments } from '../test-support/provider-payments.ts';
import { judgeFailure } from './judge-failure.ts';
import type { DeliveryReport } from './message-entity.ts';
import { longestQueuedMs } from './message-outcome.ts';
import { noteReport, noteSent } from './note-report.ts';
import { notifyOfInvoice } from './notify-of-invoice.ts';
import { handler as onDelivered } from './on-message-delivered.ts';
import { sendInvoice } from './send-invoice.ts';

const stack = useBillingStack();
const providers = useProviderPayments(stack);
useDocumentBucket();
let tenant = '';
let customerId = '';
let scene: MessageScene;
useMessageScene(stack, 'delivery', (made) => {
  ({ tenant, scene, customerId } = made);
});

const bill = async (channels: ('sms' | 'whatsapp' | 'email')[], of = customerId) => {
  const invoice = await oweInvoice(tenant, of, '14250.00');
  await sendInvoice(openSession(tenant), invoice.id, { channels });
  return invoice;
};
const only = async () => (await scene.messagesOf(customerId))[0];
const report = (integrationId: string, providerReference: string, status: string) =>
  onDelivered(
    busBatch([
      makeEvent({
        type: 'message.delivered',
        tenantId: tenant,
        payload: { integrationId, occurredAt: null, data: { providerReference, status } },
      }),
    ]),
  );

describe('a report', () => {
  const key = { integrationId: 'int_1', providerReference: 'sm-1' };
  const arrived = { status: 'delivered', at: '2026-06-15T09:00:00.000Z' } as const;
  const failed = { status: 'failed', at: '2026-06-15T09:00:00.000Z', detail: '30006' } as const;
  /** WhatsApp takes a text outside of a conversation and says afterwards that it does not. */
  const noConversation = { ...failed, detail: '131047' };

  it.each<[string, ('sent' | DeliveryReport)[], object]>([
    ['after the sending', ['sent', arrived], { status: 'delivered' }],
    ['before the sending is written down', [arrived, 'sent'], { status: 'delivered', deliveredAt: arrived.at }],
    ['of a failure before it', [failed, 'sent'], { status: 'failed', reason: 'undelivered', detail: '30006' }],
    ['of a failure before the arrival before it', [failed, arrived, 'sent'], { status: 'delivered' }],
    ['of a failure after the arrival before it', [arrived, failed, 'sent'], { status: 'delivered' }],
    ['on both sides of it', [arrived, 'sent', failed], { status: 'delivered' }],
    ['that a template would have gone through', ['sent', noConversation], { status: 'failed', reason: 'no_template' }],
    [
      'of a failure that was none in the end',
      ['sent', failed, arrived],
      { status: 'delivered', deliveredAt: arrived.at },
    ],
    ['twice', [arrived, arrived, 'sent', arrived], { status: 'delivered' }],
  ])('%s counts', async (_, order, expected) => {
    await bill(['sms']);
    const { id } = await only();
    const session = openSession(tenant);
    for (const step of order)
      if (step === 'sent') await noteSent(session, id, key, { status: 'accepted', provider: 'x' });
      else await noteReport(session, key, step);
    expect(await only()).toMatchObject({ provider: 'x', ...expected });
    if ((await only()).status === 'delivered') expect(await only()).not.toHaveProperty('reason');
  });

  it('at the same moment as the sending counts', async () => {
    for (let round = 0; round < 10; round++) {
      await bill(['sms']);
      const { id } = await only();
      const session = openSession(tenant);
      const at = { ...key, providerReference: `sm-${round}` };
      await Promise.all([
        noteSent(session, id, at, { status: 'accepted', provider: 'x' }),
        noteReport(session, at, arrived),
      ]);
      expect(await only()).toMatchObject({ id, status: 'delivered' });
      stack.advance(1000);
    }
  });

  it('that comes as the provider’s answer counts', async () => {
    await bill(['sms', 'email']);
    const session = openSession(tenant);
    const [one, two] = await scene.messagesOf(customerId);
    await noteSent(session, one.id, { ...key, providerReference: 'a' }, { status: 'failed', provider: 'x' });
    await noteSent(session, two.id, { ...key, providerReference: 'b' }, { status: 'delivered', provider: 'x' });
    const outcomes = (await scene.messagesOf(customerId)).map(({ id, status, reason }) => [id, status, reason]);
    expect(outcomes).toEqual(
      expect.arrayContaining([
        [one.id, 'failed', 'undelivered'],
        [two.id, 'delivered', undefined],
      ]),
    );
  });

  it('of an earlier try says nothing of a later one', async () => {
    const session = openSession(tenant);
    const invoice = await bill(['sms']);
    const { id } = await only();
    await noteSent(session, id, key, { status: 'accepted', provider: 'x' });
    await noteReport(session, key, failed);
    await sendInvoice(session, invoice.id, { channels: ['sms'] });
    await noteSent(session, id, { ...key, providerReference: 'sm-2' }, { status: 'accepted', provider: 'x' });
    await noteReport(session, key, failed);
    await noteReport(session, key, arrived);
    expect(await only()).toMatchObject({ status: 'sent', tries: 1 });
  });

  it('of what other domains sent is left alone', async () => {
    await report('int_other', 'sm-9', 'delivered');
    await report('int_other', 'sm-9', 'failed');
    expect(await scene.messagesOf(customerId)).toEqual([]);
  });
});

describe('providers that are busy', () => {
  it('cost time and no message, of however many bills', async () => {
    await providers.integrate(tenant, 'unifonic');
    providers.providers.setMode('unifonic', 'rate_limited');
    const before = providers.acts('unifonic', 'message').length;
    const owners = await Promise.all(Array.from({ length: 5 }, () => scene.addCustomer()));
    for (const owner of owners) await bill(['sms'], owner);
    await scene.deliver();
    await scene.workOff(300);
    expect(await Promise.all(owners.map(async (owner) => (await scene.messagesOf(owner))[0].status))).toEqual(
      owners.map(() => 'queued'),
    );
    providers.providers.setMode('unifonic', 'ok');
    await scene.workOff(900);
    expect(await Promise.all(owners.map(async (owner) => (await scene.messagesOf(owner))[0].status))).toEqual(
      owners.map(() => 'sent'),
    );
    expect(providers.acts('unifonic', 'message')).toHaveLength(before + owners.length);
  });

  const busy = (more: object = {}) =>
    Object.assign(
      Object.assign(new Error('x'), { [Symbol.for('mizan.AppError')]: true, code: 'all_providers_failed' }),
      {
        cause: { failures: [{ reason: 'rate_limited', message: '', ...more }] },
      },
    );
  const judge = (error: unknown, waitedMs: number, isLastTry = false) =>
    judgeFailure(error, { updatedAt: new Date(0).toISOString() }, waitedMs, isLastTry, () => 0.5);

  it('are asked again later and later, not before they want to be, and not for ever', () => {
    expect(judge(busy(), 0)).toEqual({ againAfterSeconds: 23 });
    expect(judge(busy(), 600_000, true)).toEqual({ againAfterSeconds: 225 });
    expect(judge(busy({ retryAfterMs: 120_000 }), 0)).toEqual({ againAfterSeconds: 180 });
    expect(judge(busy({ retryAfterMs: 9_000_000 }), 0)).toEqual({ againAfterSeconds: 900 });
    expect(judge(busy(), longestQueuedMs)).toMatchObject({ reason: 'unreachable' });
  });

  it('a fault of ours uses up tries, and somebody else’s sending does not', () => {
    expect(judge(new Error('bug'), 0)).toBeUndefined();
    expect(judge(new Error('bug'), 0, true)).toMatchObject({ reason: 'unreachable' });
    const other = Object.assign(new Error('x'), {
      [Symbol.for('mizan.AppError')]: true,
      code: 'idempotency_in_progress',
    });
    expect(judge(other, 0, true)).toBeUndefined();
  });
});

it('a reminder that waited, for the night or a provider, is not sent when the bill was paid meanwhile', async () => {
  await providers.integrate(tenant, 'unifonic');
  const before = providers.acts('unifonic', 'message').length;
  const remind = async (amount: string) => {
    const { id } = await oweInvoice(tenant, customerId, amount, { dueDate: '2026-06-10' });
    const invoice = await openSession(tenant).require(invoiceEntity, { id });
    const reference = `reminder ${id}`;
    await notifyOfInvoice(openSession(tenant), invoice, 'invoice_reminder', { reference, channels: ['sms'] });
  };
  await remind('10.00');
  await stack.call(tenant, payments, 'POST', '/api/billing/payments', {
    body: { customerId, amount: '10', method: 'cash' },
  });
  await scene.deliver();
  expect(await only()).toMatchObject({ status: 'skipped', reason: 'outdated' });
  stack.advance(1000);
  await remind('20.00');
  await scene.deliver();
  expect(await only()).toMatchObject({ status: 'sent' });
  expect(providers.acts('unifonic', 'message')).toHaveLength(before + 1);
});

it('a sender that died after the provider took it sends nothing twice', async () => {
  await providers.integrate(tenant, 'unifonic');
  await bill(['sms']);
  const { id, text } = await only();
  const before = providers.acts('unifonic', 'message').length;
  await sendSms(openSession(tenant), { to: '+967771234567', text, reference: `${id}-0` });
  await scene.deliver(3);
  expect(await only()).toMatchObject({ status: 'sent' });
  expect(providers.acts('unifonic', 'message')).toHaveLength(before + 1);
});

describe('a bill over WhatsApp', () => {
  const last = () => providers.acts('whatsapp', 'message').at(-1)!.data;

  it('is the PDF in the header of the template that is set for it, once', async () => {
    await providers.integrate(tenant, 'whatsapp');
    await scene.set({
      publicUrl: 'https://api.example.com',
      whatsappTemplates: { invoice_issued: 'bill_link' },
      whatsappDocumentTemplates: { invoice_issued: 'bill_pdf' },
    });
    const invoice = await bill(['whatsapp']);
    const before = providers.acts('whatsapp', 'message').length;
    await scene.deliver();
    expect(await only()).toMatchObject({ status: 'sent', channel: 'whatsapp' });
    const { name, language, components } = last().content;
    expect([name, language.code]).toEqual(['bill_pdf', 'ar']);
    const [header, body] = components;
    expect(header).toMatchObject({ type: 'header', parameters: [{ type: 'document' }] });
    const media = providers.acts('whatsapp', 'media').at(-1)!.data;
    expect(header.parameters[0].document).toEqual({ id: media.id, filename: `invoice-${invoice.id}-ar.pdf` });
    expect(media.bytes).toBeGreaterThan(2000);
    const texts = body.parameters.map(({ text }: { text: string }) => text);
    expect(texts[0]).toBe('أحمد');
    expect(texts).toHaveLength(6);
    expect(texts.join()).not.toContain('https://');
    await scene.deliver(2);
    expect(providers.acts('whatsapp', 'message')).toHaveLength(before + 1);
  });

  it('that WhatsApp was too busy for goes out later as the same request', async () => {
    await providers.integrate(tenant, 'whatsapp');
    await scene.set({ whatsappDocumentTemplates: { invoice_issued: 'bill_pdf' } });
    await bill(['whatsapp']);
    providers.providers.setMode('whatsapp', 'rate_limited');
    await scene.deliver();
    await scene.workOff(60);
    providers.providers.setMode('whatsapp', 'ok');
    await scene.workOff(1800);
    expect(await only()).toMatchObject({ status: 'sent' });
  });

  it('is a template with the link where only such a one is set', async () => {
    await providers.integrate(tenant, 'whatsapp');
    await scene.set({ publicUrl: 'https://api.example.com', whatsappTemplates: { invoice_issued: 'bill_link' } });
    await bill(['whatsapp']);
    await scene.deliver();
    const { name, components } = last().content;
    expect([name, components.length]).toEqual(['bill_link', 1]);
    expect(components[0].parameters.at(-1).text).toMatch(/^https:\/\/api\.example\.com\//);
  });

  it('without any approved template says so when WhatsApp refuses the free text', async () => {
    await providers.integrate(tenant, 'whatsapp');
    providers.providers.setMode('whatsapp', 'reject');
    await bill(['whatsapp']);
    await scene.deliver();
    expect(await only()).toMatchObject({ status: 'failed', reason: 'no_template' });
    expect((await only()).detail).toContain('whatsappTemplates');
  });

  it('by SMS is the short link alone', async () => {
    await providers.integrate(tenant, 'unifonic');
    await scene.set({ publicUrl: 'https://api.example.com' });
    await bill(['sms']);
    await scene.deliver();
    expect(providers.acts('unifonic', 'message').at(-1)!.data.text).toMatch(/https:\/\/api\.example\.com\/\S{1,80}$/);
  });
});
