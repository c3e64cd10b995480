/**
 * The customers that billing is measured with, each with a meter that sent a reading every hour of April. They are put into
 * the store as registration leaves them; the rows of a bill are made by billing itself.
 */
import { customerEntity } from '../functions/billing/customers/customer-entity.ts';
import { occupancyEntity, supplyEntity } from '../functions/billing/supplies/supply-entity.ts';
import {
  type PublishedVersion,
  publishedVersionSchema,
  tariffVersionEntity,
} from '../functions/billing/tariffs/tariff-entity.ts';
import { tenantEntity } from '../functions/identity/tenants/tenant-entity.ts';
import { meterEntity } from '../functions/metering/meters/meter-entity.ts';
import type { Meter } from '../functions/metering/meters/meter-schema.ts';
import { toReadingItem } from '../functions/metering/readings/readings-store.ts';
import type { Entity, ItemOf } from '../layers/kernel/data/entity.ts';
import { openSession, type TenantSession } from '../layers/kernel/data/session.ts';
import { putStep } from '../layers/kernel/data/write-many.ts';
import { toUnits } from '../layers/metering/register.ts';
import { dayKinds } from '../layers/tariff/tariff-schema.ts';
import type { TestService } from '../local/services/dynamodb/test-service.ts';
import { meterIdOf, sharedMeters } from './billing-store.ts';

export const april = { from: '2026-04-01', to: '2026-05-01' };
const hourMs = 3_600_000;
/** Two hours before April to two after, by the clock of Aden. */
const [firstMs, lastMs] = [Date.parse('2026-03-31T22:00:00+03:00'), Date.parse('2026-05-01T02:00:00+03:00')];
const stamps = { version: 1, createdAt: '2026-03-01T00:00:00.000Z', updatedAt: '2026-03-01T00:00:00.000Z' };
const label = (text: string) => ({ en: text, ar: text });

/** What a household is billed by in many countries of the region. */
const components = [
  { kind: 'fixed', code: 'service', label: label('Service'), amount: '300' },
  {
    kind: 'energy',
    code: 'energy',
    label: label('Energy'),
    blocks: [{ upTo: '100', rate: '5' }, { upTo: '300', rate: '8' }, { rate: '12' }],
  },
  { kind: 'tax', code: 'vat', label: label('VAT'), percent: '5' },
];
/** Dearer from six to ten in the evening. */
const evening = {
  defaultBucket: 'rest',
  windows: [{ bucket: 'peak', days: [...dayKinds], from: '18:00', to: '22:00' }],
};

export type BaseTariff = 'blocks' | 'hours';

/** @param tariff `hours`: a price that follows the clock, so every hour is rated and not only every day */
export function createBase(
  dynamodb: TestService,
  tenantId: string,
  customers: number,
  tariff: BaseTariff,
): TenantSession {
  const session = openSession(tenantId);
  write(dynamodb, [
    put(session, tenantEntity, {
      id: tenantId,
      name: tenantId,
      timeZone: 'Asia/Aden',
      currency: 'YER',
      locale: 'ar',
      status: 'active',
    }),
    put(session, tariffVersionEntity, versionOf(tariff)),
  ]);
  putReadings(dynamodb, session, Math.min(sharedMeters, customers));
  for (let i = 0; i < customers; i++) write(dynamodb, rowsOf(session, i));
  return session;
}

function versionOf(tariff: BaseTariff): PublishedVersion {
  const [service, energy, vat] = components;
  const base = { from: '2020-01-01', currency: 'YER' };
  const { blocks: _, ...named } = energy as { blocks: object[] };
  const rated = ['peak', 'rest'].map((bucket, i) => ({
    ...named,
    code: bucket,
    bucket,
    blocks: [{ rate: i === 0 ? '12' : '6' }],
  }));
  const version =
    tariff === 'blocks'
      ? { ...base, components }
      : { ...base, timeOfUse: evening, components: [service, ...rated, vat] };
  return { tariffId: 'tar_bench', ...publishedVersionSchema.parse(version) };
}

type Row = [table: string, item: Record<string, unknown>];

export function put<E extends Entity>(session: TenantSession, entity: E, item: ItemOf<E>): Row {
  const { table, request } = putStep(session, entity, { ...item, ...stamps });
  return [table, stored((request as { PutRequest: { Item: object } }).PutRequest.Item)];
}

/** Straight into the engine: no request of it belongs to what is measured. */
export function write(dynamodb: TestService, rows: readonly Row[]): void {
  for (const [TableName, Item] of rows) dynamodb.call('PutItem', { TableName, Item });
}

const stored = (item: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(item).map(([name, value]) => [name, attribute(value)]));

function attribute(value: unknown): object {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  return Array.isArray(value) ? { L: value.map(attribute) } : { M: stored(value as object) };
}

const digits = (i: number): string => String(i).padStart(26, '0');

/** @param billedTo of one that has its bills already */
export function rowsOf(session: TenantSession, i: number, billedTo?: string): Row[] {
  const [customerId, supplyId, meterId] = [`cus_${digits(i)}`, `sup_${digits(i)}`, meterIdOf(i)];
  const { from } = april;
  return [
    put(session, customerEntity, {
      id: customerId,
      accountNumber: String(1_000_000 + i),
      name: `Customer ${i}`,
      type: 'residential',
      language: 'ar',
      channels: ['sms'],
      exemptTaxes: [],
      isProtected: false,
      status: 'active',
    }),
    put(session, supplyEntity, {
      id: supplyId,
      place: 1,
      customerId,
      meterId,
      tariffId: 'tar_bench',
      from,
      mode: 'postpaid',
      phases: 1,
      dwellings: 1,
      ...(billedTo === undefined ? {} : { billedTo }),
    }),
    put(session, occupancyEntity, { meterId, spans: [{ supplyId, customerId, from }] }),
    put(session, meterEntity, meter(meterId)),
  ];
}

function meter(id: string): Meter {
  return {
    id,
    serialNumber: id,
    model: 'ADL200',
    type: 'smart',
    status: 'connected',
    stationId: 'ST-1',
    phases: 1,
    digits: 6,
    decimals: 2,
    ctRatio: 1,
    ptRatio: 1,
    registerScale: 'primary',
    ratedCurrentA: 100,
    registers: [],
    devices: [{ serialNumber: id, model: 'ADL200', digits: 6, decimals: 2 }],
    stations: [{ stationId: 'ST-1' }],
  };
}

/** Between 0.2 and 0.8 kW, more in the evening. */
function putReadings(dynamodb: TestService, session: TenantSession, meters: number): void {
  for (let i = 0; i < meters; i++) {
    let hundredths = 100_000 + i * 7919;
    for (let timeMs = firstMs; timeMs <= lastMs; timeMs += hourMs) {
      const registerKwh = (hundredths / 100).toFixed(2);
      const reading = { timeMs, register: toUnits(registerKwh)!, voltage: 221.4, current: 2.1, powerFactor: 0.95 };
      write(dynamodb, [['readings', toReadingItem(session, meterIdOf(i), reading, timeMs + 2000, 'mqtt')]]);
      hundredths += 20 + (i % 40) + (new Date(timeMs + 3 * hourMs).getUTCHours() >= 18 ? 20 : 0);
    }
  }
}
