/** Prepaid supplies for tests: tenants with a tariff and the simulated STS vendor, customers with a meter, and the queue of tokens. */
import { beforeAll } from 'vitest';
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { busBatch, makeEvent } from '../../platform/test-support/fixtures.ts';
import { checkDigit } from '../customers/account-number.ts';
import { handler as customers } from '../customers/handler.ts';
import { handler as onPaymentReceived } from '../payments/on-payment-received.ts';
import { advanceVend } from '../prepaid/advance-vend.ts';
import { handler as vends } from '../prepaid/vend-handler.ts';
import { vendQueue } from '../prepaid/vend-queue.ts';
import { meterNumberEntity, vendingMeterEntity, vendingMeterInput } from '../prepaid/vending-meter.ts';
import { handler as supplies } from '../supplies/handler.ts';
import { handler as tariffs } from '../tariffs/handler.ts';
import { type BillingStack, type CallOptions, useBillingStack } from './billing-stack.ts';
import { type ProviderPayments, useProviderPayments } from './provider-payments.ts';

export interface PrepaidSupply {
  customerId: string;
  meterId: string;
  meterNumber: string;
  supplyId: string;
}

export interface PrepaidScene {
  stack: BillingStack;
  provider: ProviderPayments;
  session: TenantSession;
  tariffId: string;
  addSupply(more?: object, customerMore?: object): Promise<PrepaidSupply>;
  post(path: string, body?: object, options?: CallOptions): Promise<any>;
  /** Sells for cash. */
  buy(supplyId: string, amount: string, more?: object): Promise<any>;
  balance(customerId: string): Promise<any>;
  /** Works off the tokens' queue for so many seconds. */
  workOff(seconds?: number, times?: number): Promise<void>;
  /** Hands payments recorded since to the subscriber, each so many times. */
  deliverPayments(times?: number): Promise<void>;
  /** Tokens the vendor made. */
  tokens(): any[];
}

const label = (text: string) => ({ en: text, ar: text });

/** 25 YER a kWh up to 100 kWh, 50 above; 300 YER a month; 5 % tax on both. */
const prepaidTariff = {
  from: '2026-01-01',
  currency: 'YER',
  components: [
    { kind: 'energy', code: 'energy', label: label('Energy'), blocks: [{ upTo: '100', rate: '25' }, { rate: '50' }] },
    { kind: 'fixed', code: 'service', label: label('Service'), amount: '300' },
    { kind: 'tax', code: 'vat', label: label('VAT'), percent: '5' },
  ],
};

let serial = 1;

/** @param baseDate of the meters' keys; those of 1993 take no tokens before their key is changed */
export function usePrepaidScene(tenant: string, baseDate: 1993 | 2014 = 2014): PrepaidScene {
  const stack = useBillingStack();
  const provider = useProviderPayments(stack);
  const delivered = new Set<string>();
  const scene: PrepaidScene = {
    stack,
    provider,
    get session() {
      return openSession(tenant);
    },
    tariffId: '',
    async addSupply(more = {}, customerMore = {}) {
      const number = serial++;
      const meterId = `STS-${number}`;
      const base = String(4_000_000_000 + number);
      const meterNumber = `${base}${checkDigit(base)}`;
      await stack.addMeter(tenant, meterId);
      const body = { name: `Customer ${number}`, ...customerMore };
      const customerId = (await stack.call(tenant, customers, 'POST', '/api/billing/customers', { body })).body.data.id;
      const settings = vendingMeterInput.parse({
        meterNumber,
        supplyGroupCode: '600123',
        keyRevision: 1,
        baseDate,
      });
      await scene.session.transact('billing', (unit) => {
        unit.create(vendingMeterEntity, { ...settings, meterId });
        unit.create(meterNumberEntity, { meterNumber, meterId });
      });
      const order = { customerId, meterId, tariffId: scene.tariffId, from: '2026-06-01', mode: 'prepaid', ...more };
      const made = await stack.call(tenant, supplies, 'POST', '/api/billing/supplies', { body: order });
      if (made.status !== 201) throw new Error(made.text);
      return { customerId, meterId, meterNumber, supplyId: made.body.data.id };
    },
    post: (path, body, options = {}) =>
      stack.call(tenant, vends, 'POST', `/api/billing/prepaid/vends${path}`, { ...(body ? { body } : {}), ...options }),
    buy: (supplyId, amount, more = {}) => scene.post('', { supplyId, amount, method: 'cash', ...more }),
    balance: async (customerId) =>
      (await stack.call(tenant, customers, 'GET', `/api/billing/customers/${customerId}/balance`)).body.data[0],
    workOff: (seconds = 0, times = 1) =>
      stack.workOff(vendQueue, async (body) => void (await advanceVend(openSession(tenant), JSON.parse(body).vendId)), {
        seconds,
        times,
      }),
    async deliverPayments(times = 1) {
      const events = stack.events('payment.received').filter(({ id }) => !delivered.has(id.S));
      for (const { id } of events) delivered.add(id.S);
      const envelopes = events.map((item) =>
        makeEvent({
          type: 'payment.received',
          source: 'billing',
          tenantId: tenant,
          payload: JSON.parse(item['payload'].S),
        }),
      );
      const batch = Array.from({ length: times }, () => envelopes).flat();
      const { batchItemFailures } = await onPaymentReceived(busBatch(batch));
      if (batchItemFailures.length > 0) throw new Error(`${batchItemFailures.length} payments were not handled.`);
    },
    tokens: () => provider.acts('sts', 'token').map(({ data }) => data),
  };
  beforeAll(async () => {
    await stack.addTenant(tenant);
    await provider.integrate(tenant, 'sts');
    const made = await stack.call(tenant, tariffs, 'POST', '/api/billing/tariffs', {
      body: { code: 'PRE', name: 'Pre' },
    });
    scene.tariffId = made.body.data.id;
    const version = await stack.call(tenant, tariffs, 'POST', `/api/billing/tariffs/${scene.tariffId}/versions`, {
      body: prepaidTariff,
    });
    if (version.status !== 201) throw new Error(version.text);
  });
  return scene;
}
