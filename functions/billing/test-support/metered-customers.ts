/** Customers with meters and readings, billed over the handlers; events of readings reach billing as the bus would bring them. */
import type { SQSEvent } from 'aws-lambda';
import { handler as edits } from '../../metering/reading-edits/handler.ts';
import { handler as customers } from '../customers/handler.ts';
import { handler as invoices } from '../invoices/handler.ts';
import { handler as supplies } from '../supplies/handler.ts';
import { handler as onReadings } from '../supply-readings/on-readings.ts';
import { handler as tariffs } from '../tariffs/handler.ts';
import type { BillingStack } from './billing-stack.ts';

export interface MeteredCustomer {
  meterId: string;
  customerId: string;
  supplyId: string;
}

type Readings = [string, number, object?][];
interface SupplyMore {
  from?: string;
  tariff?: string;
  meter?: object;
  supply?: object;
}

export const label = (text: string) => ({ en: text, ar: text });

/** 300 a month; 5 each for the first 100 kWh, 8 beyond. */
export const usualComponents = [
  { kind: 'fixed', code: 'service', label: label('Service'), amount: '300' },
  { kind: 'energy', code: 'energy', label: label('Energy'), blocks: [{ upTo: '100', rate: '5' }, { rate: '8' }] },
];

export const april = { from: '2026-04-01', to: '2026-05-01' };
export const may = { from: '2026-05-01', to: '2026-06-01' };

/** Midnight of each day of April with 5 kWh between: 150 kWh, 1200 by the usual components. */
export const aprilReadings = Array.from({ length: 31 }, (_, i): [string, number] => [
  i < 30 ? `2026-04-${String(i + 1).padStart(2, '0')}T00:00` : '2026-05-01T00:00',
  1000 + 5 * i,
]);

export function meteredCustomers(stack: BillingStack, tenant: string) {
  let next = 1;
  let tariffId: string | undefined;
  const addTariff = async (code: string, components: object[] = usualComponents, more: object = {}) => {
    const { id } = (await stack.call(tenant, tariffs, 'POST', '/api/billing/tariffs', { body: { code, name: code } }))
      .body.data;
    const body = { from: '2020-01-01', currency: 'YER', components, ...more };
    const { status } = await stack.call(tenant, tariffs, 'POST', `/api/billing/tariffs/${id}/versions`, { body });
    if (status !== 201) throw new Error(`The tariff was refused with ${status}.`);
    return id as string;
  };
  /** A meter more of a customer's. */
  const addSupply = async (customerId: string, readings: Readings, more: SupplyMore = {}) => {
    const meterId = `${tenant}-M${next++}`;
    tariffId ??= await addTariff('USUAL');
    await stack.addMeter(tenant, meterId, more.meter);
    if (readings.length > 0) await stack.read(tenant, meterId, readings);
    const body = {
      ...{ customerId, meterId, tariffId: more.tariff ?? tariffId, from: more.from ?? '2026-04-01' },
      ...more.supply,
    };
    const supply = await stack.call(tenant, supplies, 'POST', '/api/billing/supplies', { body });
    return { meterId, supplyId: supply.body.data.id as string };
  };
  return {
    addTariff,
    addSupply,
    async setUp(readings: Readings, more: SupplyMore & { customer?: object } = {}): Promise<MeteredCustomer> {
      const made = await stack.call(tenant, customers, 'POST', '/api/billing/customers', {
        body: { name: `Customer ${next}`, ...more.customer },
      });
      const customerId = made.body.data.id;
      return { customerId, ...(await addSupply(customerId, readings, more)) };
    },
    /** Another customer has the meter from a local day on. */
    async moveTo(next: Pick<MeteredCustomer, 'customerId'>, first: MeteredCustomer, on: string): Promise<void> {
      const base = '/api/billing/supplies';
      const { tariffId: same } = (await stack.call(tenant, supplies, 'GET', `${base}/${first.supplyId}`)).body.data;
      await stack.call(tenant, supplies, 'POST', `${base}/${first.supplyId}/end`, { body: { to: on } });
      const body = { customerId: next.customerId, meterId: first.meterId, tariffId: same, from: on };
      const { status, text } = await stack.call(tenant, supplies, 'POST', base, { body });
      if (status !== 201) throw new Error(`The next customer was refused: ${text}`);
    },
    /** The register at the end of April shows so much instead: April took more or less, and what follows the contrary. */
    async setEndOfApril(meterId: string, before: number, after: number): Promise<void> {
      const body = {
        ...{ meterId, reason: 'Photo', action: 'correct', time: '2026-04-30T21:00:00.000Z' },
        ...{ registerKwh: String(before), newRegisterKwh: String(after) },
      };
      const as = { permissions: ['metering:*'] };
      const { status, text } = await stack.call(tenant, edits, 'POST', '/api/billing/reading-edits', { body, as });
      if (status !== 201) throw new Error(`The correction was refused: ${text}`);
    },
    bill: async (customerId: string, period = april, more: object = {}) =>
      (
        await stack.call(tenant, invoices, 'POST', '/api/billing/invoices/generate', {
          body: { customerId, period, ...more },
        })
      ).body.data,
    invoicesOf: async (customerId: string) =>
      (await stack.call(tenant, invoices, 'GET', '/api/billing/invoices', { query: { customerId } })).body
        .data as any[],
    balance: async (customerId: string): Promise<string> =>
      (await stack.call(tenant, customers, 'GET', `/api/billing/customers/${customerId}/balance`)).body.data[0]
        ?.balance ?? 'none',
  };
}

const taken = new Set<string>();

/** Brings events of readings that have not been brought yet, each so many times. */
export async function bringReadings(stack: BillingStack, times = 1): Promise<void> {
  const waiting = stack.tables
    .scan('metering')
    .filter(
      (item) =>
        item['_type']?.S === 'outbox' &&
        (item['type'].S.startsWith('meter.reading') ||
          ['meter.exchanged', 'meter.record_corrected', 'meter.usage_edited'].includes(item['type'].S)),
    )
    .filter((item) => !taken.has(item['id'].S));
  for (const item of waiting) {
    taken.add(item['id'].S);
    const detail = Object.fromEntries(Object.entries(item).map(([name, value]: any) => [name, value.S ?? value.N]));
    const record = { messageId: item['id'].S, body: JSON.stringify({ detail }), attributes: {} };
    for (let time = 0; time < times; time++) {
      const { batchItemFailures } = await onReadings({ Records: [record] } as unknown as SQSEvent);
      if (batchItemFailures.length > 0) throw new Error('The subscriber failed.');
    }
  }
}
