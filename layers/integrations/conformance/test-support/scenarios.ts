/** For every provider: the operation that does something, what the simulator then notes, and how its failures differ. */
import { parseMoney } from '../../../money/money.ts';
import type { PaymentOrder, ProviderErrorCode } from '../../provider.ts';

export interface Scenario {
  provider: string;
  /** The operation that acts, with good input. */
  act(operations: any, reference: string): Promise<unknown>;
  /** The simulator's note of it. */
  noted: string;
  /** Input the provider refuses. */
  refused?(operations: any): Promise<unknown>;
  /** Whether an act moves money or makes tokens, so that a server error leaves it open. */
  isCritical: boolean;
  /** Where a failure means something else than for the others. */
  differs?: Partial<Record<string, ProviderErrorCode>>;
  /** Where the provider says nothing of when to come back. */
  noRetryAfter?: boolean;
}

export const order = (reference: string, currency: string, amount = '125.50'): PaymentOrder => ({
  reference,
  amount: parseMoney(amount, currency),
  description: 'فاتورة كهرباء 1',
  returnUrl: 'https://utility.example/return',
  cancelUrl: 'https://utility.example/cancel',
  customer: { name: 'A customer', phone: '+967771234567', email: 'a@example.com' },
});

export const currencies: Readonly<Record<string, { currency: string; amount: string }>> = {
  kuraimi: { currency: 'YER', amount: '125.50' },
  jawali: { currency: 'YER', amount: '125.50' },
  cash: { currency: 'YER', amount: '125.50' },
  kaspi: { currency: 'KZT', amount: '125.50' },
  stripe: { currency: 'SAR', amount: '125.50' },
  paypal: { currency: 'USD', amount: '125.50' },
  zarinpal: { currency: 'IRR', amount: '12500' },
  halyk: { currency: 'KZT', amount: '125.50' },
};

const payment = (provider: string): Scenario => {
  const { currency, amount } = currencies[provider]!;
  return {
    provider,
    isCritical: true,
    noted: 'payment',
    act: (operations, reference) => operations.create(order(reference, currency, amount)),
  };
};

const sms = (provider: string): Scenario => ({
  provider,
  isCritical: false,
  noted: 'message',
  act: (operations, reference) => operations.send({ to: '+967771234567', text: 'رصيدك 10', reference }),
  refused: (operations) => operations.send({ to: '+12', text: 'x', reference: 'bad' }),
});

const mail = { to: ['a@example.com'], subject: 'فاتورة', text: 'مرحبا\n.dot', html: '<p>مرحبا</p>' };
const email = (provider: string): Scenario => ({
  provider,
  isCritical: false,
  noted: 'message',
  act: (operations, reference) => operations.send({ ...mail, reference }),
  refused: (operations) =>
    operations.send({ ...mail, to: ['a@example.com>\r\nRCPT TO:<b@example.com'], reference: 'bad' }),
});

export const scenarios: readonly Scenario[] = [
  ...Object.keys(currencies).map(payment),
  ...['local_1', 'local_2', 'twilio', 'kavenegar', 'unifonic'].map(sms),
  {
    provider: 'whatsapp',
    isCritical: false,
    noted: 'message',
    act: (operations, reference) => operations.sendText({ to: '+967771234567', text: 'hello', reference }),
    refused: (operations) => operations.sendText({ to: '12', text: 'hello', reference: 'bad' }),
  },
  {
    ...email('smtp'),
    noRetryAfter: true,
    // Silence and nonsense before the message is given over: there is no message.
    differs: { rate_limited: 'unavailable', hang: 'unavailable', garbage: 'unavailable', huge: 'unavailable' },
  },
  email('sendgrid'),
  email('ses'),
  {
    provider: 'fcm',
    isCritical: false,
    noted: 'message',
    act: (operations, reference) => operations.send({ token: 'device', title: 'عنوان', body: 'نص', reference }),
    refused: (operations) => operations.send({ title: 'x', body: 'y', reference: 'bad' }),
  },
  {
    provider: 'google_calendar',
    isCritical: false,
    noted: 'event',
    act: (operations) =>
      operations.createEvent({ title: 'زيارة', start: '2026-03-01T08:00:00Z', end: '2026-03-01T09:00:00Z' }),
    refused: (operations) => operations.createEvent({ title: 'x', start: '', end: '' }),
  },
  {
    provider: 'slack',
    isCritical: false,
    noted: 'message',
    act: (operations, reference) => operations.post({ text: 'alarm', reference }),
    refused: (operations) => operations.post({ text: '', reference: 'bad' }),
  },
  {
    provider: 'acrel',
    isCritical: true,
    noted: 'command',
    act: (operations, reference) => operations.command({ meterId: 'ACR-001234', command: 'relay_off', reference }),
    refused: (operations) => operations.command({ meterId: 'NO', command: 'relay_off', reference: 'bad' }),
  },
  {
    provider: 'sts',
    isCritical: true,
    noted: 'token',
    act: (operations, reference) =>
      operations.credit({ meterNumber: '04123456789', amount: parseMoney('100', 'YER'), reference }),
    refused: (operations) =>
      operations.credit({ meterNumber: 'x', amount: parseMoney('100', 'YER'), reference: 'bad' }),
  },
  {
    provider: 'generic_http',
    isCritical: true,
    noted: 'record',
    act: (operations, reference) =>
      operations.call({ operation: 'createRecord', parameters: { title: 'a"b', amount: 12 }, reference }),
    refused: (operations) => operations.call({ operation: 'check', parameters: {}, reference: 'bad' }),
  },
  ...['seha', 'tatman'].map(
    (provider): Scenario => ({
      provider,
      isCritical: true,
      noted: 'record',
      act: (operations, reference) =>
        operations.call({ operation: 'createRecord', parameters: { title: 'x' }, reference }),
      refused: (operations) => operations.call({ operation: 'check', parameters: {}, reference: 'bad' }),
    }),
  ),
  {
    provider: 'generic_mqtt',
    isCritical: false,
    noted: 'message',
    noRetryAfter: true,
    act: (operations, reference) =>
      operations.publish({ topic: 'acrel/s1/meter/m1/command', payload: '{}', qos: 1, reference }),
    refused: (operations) => operations.publish({ topic: 'a/#', payload: '', qos: 0, reference: 'bad' }),
    differs: {
      reject: 'unavailable',
      rate_limited: 'unavailable',
      hang: 'unavailable',
      garbage: 'unavailable',
      huge: 'unavailable',
    },
  },
];

/** What an operation of its own brings to a provider that has none by default. */
export const extraSettings: Readonly<Record<string, Record<string, string>>> = Object.fromEntries(
  ['seha', 'tatman'].map((provider) => [
    provider,
    {
      operations: JSON.stringify({
        createRecord: { path: '/records', body: { title: '{{title}}' }, result: { id: 'id' } },
      }),
    },
  ]),
);

/** Who has a time-out of its own gives up soon where the answer never comes. */
export const impatient: Readonly<Record<string, Record<string, string>>> = {
  smtp: { timeout_ms: '250' },
  generic_mqtt: { mqtt_timeout_ms: '250' },
};
