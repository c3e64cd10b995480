/**
 * A customer's month beside the average of customers of the same type on the same route. An average stands for at least five
 * others, so that nobody, knowing the own consumption, learns another's; it is worked out once a day and not for each who asks.
 */
import { defineEntity, type Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { fromUnits } from '../../../layers/metering/register.ts';
import { localDate } from '../../../layers/metering/time-zone.ts';
import { addDays, dayStart } from '../../../layers/tariff/calendar.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { usageBetween } from '../../metering/contract.ts';
import { customerEntity } from '../customers/customer-entity.ts';
import type { Customer } from '../customers/customer-schema.ts';
import { suppliesOfCustomer } from '../supplies/supply-entity.ts';

/** Others than the own customer, at the least. */
const minOthers = 5;
/** Customers whose readings are looked at for an average. */
const sample = 40;
const keptMs = 86_400_000;
const unitsPerKwh = 1_000_000n;

interface Average {
  routeId: string;
  type: string;
  month: string;
  /** Customers it is of; without an average where they are too few. */
  customers: number;
  /** Whole kilowatt-hours. */
  averageKwh?: string;
  /** Milliseconds since the epoch. */
  until: number;
}

const averageEntity = defineEntity<Average, Pick<Average, 'routeId' | 'type' | 'month'>>()({
  name: 'neighbours average',
  table: 'billing',
  key: ({ routeId, type, month }) => ({ pk: ['NEIGHBOURS', routeId, type, month], sk: ['NEIGHBOURS'] }),
  idOf: ({ routeId, month }) => `${routeId} ${month}`,
  expiresAt: ({ until }) => Math.ceil(until / 1000),
});

/** @param month `2026-05`, one that is over. @default the last that is. @throws AppError `unprocessable` for another */
export async function compareWithNeighbours(
  session: TenantSession,
  customer: Customer,
  month: string | undefined,
): Promise<{ month: string; ownKwh: string | null; neighboursKwh: string | null; customers: number | null }> {
  const { timeZone } = await tenantProfile(session);
  const present = localDate(Date.parse(session.context.now()), timeZone).slice(0, 7);
  const asked = month ?? addDays(`${present}-01`, -1).slice(0, 7);
  if (asked >= present)
    throw new AppError('unprocessable', undefined, {
      texts: { en: 'Ask about a month that is over.', ar: 'اسأل عن شهر انتهى.' },
    });
  const own = await monthOf(session, customer.id, asked, timeZone);
  const average = await averageOf(session, customer, asked, timeZone);
  const isKnown = average?.averageKwh !== undefined;
  return {
    month: asked,
    ownKwh: own === undefined ? null : fromUnits(own),
    neighboursKwh: isKnown ? average.averageKwh! : null,
    customers: isKnown ? average.customers : null,
  };
}

async function averageOf(
  session: TenantSession,
  { routeId, type }: Customer,
  month: string,
  timeZone: string,
): Promise<Average | undefined> {
  if (routeId === undefined) return undefined;
  const key = { routeId, type, month };
  const now = Date.parse(session.context.now());
  const known = await session.get(averageEntity, key);
  if (known !== undefined && known.until > now) return known;
  const { items } = await session.query<Customer & Stored>(customerEntity, {
    index: 'gsi2',
    pk: ['ROUTE', routeId],
    filter: [{ attribute: 'type', operator: '=', value: type }],
    limit: sample,
  });
  const months = await Promise.all(items.map(({ id }) => monthOf(session, id, month, timeZone)));
  const used = months.filter((units) => units !== undefined);
  const average: Average = { ...key, customers: used.length, until: now + keptMs };
  if (used.length > minOthers) {
    const sum = used.reduce((total, units) => total + units, 0n);
    const count = BigInt(used.length) * unitsPerKwh;
    average.averageKwh = String((2n * sum + count) / (2n * count));
  }
  await session.transact('billing', (unit) => unit.put(averageEntity, average));
  return average;
}

/** Millionths of a kWh; undefined for who was not supplied all the month, or where readings do not tell. */
async function monthOf(
  session: TenantSession,
  customerId: string,
  month: string,
  timeZone: string,
): Promise<bigint | undefined> {
  const first = `${month}-01`;
  const next = `${addDays(first, 31).slice(0, 7)}-01`;
  const supplies = (await suppliesOfCustomer(session, customerId)).filter(
    ({ from, to }) => from < next && (to === undefined || to > first),
  );
  if (supplies.length === 0 || supplies.some(({ from, to }) => from > first || (to !== undefined && to < next)))
    return undefined;
  const bucket = { start: dayStart(first, timeZone), end: dayStart(next, timeZone) };
  const usage = await Promise.all(supplies.map(({ meterId }) => usageBetween(session, meterId, [bucket])));
  const units = usage.map(([whole]) => whole?.importUnits);
  return units.some((each) => each === undefined) ? undefined : units.reduce<bigint>((sum, each) => sum + each!, 0n);
}
