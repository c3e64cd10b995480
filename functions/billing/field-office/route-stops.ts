/** Which meters a route has: each of them once, however often they are added. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { retryOnChangeOrMade } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { metersById } from '../../metering/contract.ts';
import { customerEntity } from '../customers/customer-entity.ts';
import type { Customer } from '../customers/customer-schema.ts';
import { today } from '../invoices/local-day.ts';
import { type RouteStop, readingRouteEntity, type StoredStop, stopEntity } from '../mobile/route-entity.ts';
import { suppliesOfCustomer } from '../supplies/supply-entity.ts';
import { tellOfRoute } from './tell-of-route.ts';

const maxStopsPerRoute = 2000;
/** A stop and its audit record are two of the hundred steps of a transaction. */
const stopsPerTransaction = 45;
const gap = 10;

export interface NewStop {
  meterId: string;
  sequence?: number | undefined;
  note?: string | undefined;
}

/** @param options `isTold` where its assignee hears of the route by itself */
export async function addStops(
  session: TenantSession,
  routeId: string,
  stops: readonly NewStop[],
  { isTold = false } = {},
) {
  const { assigneeId } = await session.require(readingRouteEntity, { id: routeId });
  const meterIds = stops.map(({ meterId }) => meterId);
  const meters = await metersById(session, meterIds);
  const unknown = [...new Set(meterIds.filter((id) => !meters.has(id)))];
  if (unknown.length > 0)
    throw new AppError('unprocessable', undefined, {
      texts: {
        en: `There are no meters ${unknown.slice(0, 20).join(', ')}.`,
        ar: `لا توجد عدادات ${unknown.slice(0, 20).join(', ')}.`,
      },
    });
  return retryOnChangeOrMade(async () => {
    const present = await allStops(session, routeId);
    const known = new Set(present.map(({ meterId }) => meterId));
    let last = Math.max(0, ...present.map(({ sequence }) => sequence));
    const added: RouteStop[] = [];
    for (const { meterId, sequence, note } of stops) {
      if (known.has(meterId)) continue;
      known.add(meterId);
      last = sequence ?? last + gap;
      added.push({
        routeId,
        meterId,
        sequence: last,
        status: 'open',
        editVersion: 1,
        ...(note === undefined ? {} : { note }),
      });
    }
    refuseTooMany(known.size);
    for (let start = 0; start < added.length; start += stopsPerTransaction)
      await session.transact('billing', (unit) => {
        for (const stop of added.slice(start, start + stopsPerTransaction)) unit.create(stopEntity, stop);
        if (start === 0 && !isTold) tellOfRoute(unit, routeId, assigneeId, 'changed');
      });
    return { added: added.length, present: stops.length - added.length };
  });
}

/** Read by key, since a list may lag. */
async function allStops(session: TenantSession, routeId: string): Promise<StoredStop[]> {
  const found: StoredStop[] = [];
  let cursor: string | undefined;
  do {
    const page = await session.query<StoredStop>(stopEntity, {
      pk: ['READING-ROUTE', routeId],
      beginsWith: ['STOP'],
      limit: 200,
      cursor,
      consistent: true,
    });
    found.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return found;
}

/** Meters that customers of a billing route have today, by account number. */
export async function metersOfBillingRoute(session: TenantSession, billingRouteId: string): Promise<NewStop[]> {
  const customers: (Customer & Stored)[] = [];
  let cursor: string | undefined;
  do {
    const page = await session.query<Customer & Stored>(customerEntity, {
      index: 'gsi2',
      pk: ['ROUTE', billingRouteId],
      limit: 200,
      cursor,
    });
    customers.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && customers.length <= maxStopsPerRoute);
  const day = await today(session);
  customers.sort((a, b) => (a.accountNumber < b.accountNumber ? -1 : 1));
  refuseTooMany(customers.length);
  const supplies = await Promise.all(customers.map(({ id }) => suppliesOfCustomer(session, id)));
  return supplies
    .flat()
    .filter(({ from, to }) => from <= day && (to === undefined || day < to))
    .map(({ meterId }) => ({ meterId }));
}

/** @throws AppError `unprocessable` */
function refuseTooMany(stops: number): void {
  if (stops > maxStopsPerRoute)
    throw new AppError('unprocessable', undefined, {
      texts: {
        en: `A route has ${maxStopsPerRoute} stops at most.`,
        ar: `للجولة ${maxStopsPerRoute} محطة على الأكثر.`,
      },
    });
}
