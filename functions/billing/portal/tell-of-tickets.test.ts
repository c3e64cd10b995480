/** Customers hear of their tickets once each, and never of what staff says among itself. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { EventDefinition } from '../../../layers/kernel/events/define-event.ts';
import { busBatch, makeEvent } from '../../platform/test-support/fixtures.ts';
import { ticketCreated, ticketMessageAdded, ticketUpdated } from '../../support/events.ts';
import { handler as customers } from '../customers/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { handler } from './tell-of-tickets.ts';

const stack = useBillingStack();
const tenantId = 'told';
let customerId: string;

beforeAll(async () => {
  await stack.addTenant(tenantId);
  const body = {
    name: 'Ahmed',
    phone: '+967770000001',
    email: 'a@x.example',
    channels: ['email', 'sms'],
    language: 'en',
  };
  customerId = (await stack.call(tenantId, customers, 'POST', '/api/billing/customers', { body })).body.data.id;
});

const bring = async ({ type, source, example }: EventDefinition<string, any>, changes: object, times = 1) => {
  const event = makeEvent({ type, source, tenantId, payload: { ...example, customerId, ...changes } });
  const { batchItemFailures } = await handler(busBatch(Array.from({ length: times }, () => event)));
  expect(batchItemFailures).toEqual([]);
};
const messages = (template: string) =>
  stack.tables
    .scan('billing')
    .filter((row) => row['_type'].S === 'customer message' && row['template'].S === template)
    .map((row) => ({ channel: row['channel'].S, text: row['text'].S, html: row['html']?.S }));

describe('a customer', () => {
  it('hears that the ticket is there, once for each channel however often the event comes', async () => {
    await bring(ticketCreated, { subject: '<b>Dark</b>' }, 3);
    const told = messages('ticket_opened');
    expect(told.map(({ channel }) => channel).sort()).toEqual(['email', 'sms']);
    expect(told.every(({ text }) => text.includes('TK-7Q4M2X9A'))).toBe(true);
    expect(told.find(({ html }) => html)!.html).toContain('&lt;b&gt;Dark');
  });

  it('hears answers of staff, and neither notes nor the own words', async () => {
    const { message } = ticketMessageAdded.example;
    await bring(ticketMessageAdded, { message: { ...message, id: 'tmg_1' } }, 2);
    const { text: _text, ...silent } = message;
    await bring(ticketMessageAdded, { message: { ...silent, id: 'tmg_2', visibility: 'internal' } });
    await bring(ticketMessageAdded, { message: { ...message, id: 'tmg_3', author: 'customer' } });
    expect(messages('ticket_answered')).toHaveLength(2);
  });

  it('hears that it is solved each time it is, and not of other changes', async () => {
    const solved = { status: 'resolved', resolvedAt: '2026-06-15T10:00:00.000Z' };
    await bring(ticketUpdated, { status: 'in_progress' });
    await bring(ticketUpdated, solved);
    await bring(ticketUpdated, { ...solved, rating: 5 });
    expect(messages('ticket_resolved')).toHaveLength(2);
    await bring(ticketUpdated, { ...solved, resolvedAt: '2026-06-16T10:00:00.000Z' });
    expect(messages('ticket_resolved')).toHaveLength(4);
  });

  it('that is none, or not there, is nothing to try again', async () => {
    await bring(ticketCreated, { customerId: undefined });
    await bring(ticketCreated, { customerId: `cus_${'0'.repeat(26)}` });
  });
});
