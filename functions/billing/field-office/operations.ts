/** What the office can do behind the field app. */
import { refuseStale } from '../../../layers/kernel/crud/crud-operations.ts';
import { readHistory } from '../../../layers/kernel/crud/history.ts';
import type { Entity } from '../../../layers/kernel/data/entity.ts';
import { equals } from '../../../layers/kernel/data/expressions.ts';
import { retryOnChangeOrMade } from '../../../layers/kernel/data/retry-on-change.ts';
import type { QueryOptions, TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operations, Paging } from '../../../layers/kernel/http/route.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { requireUser } from '../../identity/contract.ts';
import { collectionEntity, collectorLimitEntity } from '../mobile/collection-entity.ts';
import { correctionEntity } from '../mobile/correction-entity.ts';
import { showPhotos } from '../mobile/photo-entity.ts';
import { fieldReadingEntity, meterDayEntity } from '../mobile/reading-entity.ts';
import { type ReadingRoute, readingRouteEntity, stopEntity } from '../mobile/route-entity.ts';
import { recordHeld, voidHeld } from './decide-collections.ts';
import { decideCorrection } from './decide-correction.ts';
import { confirmReading } from './decide-readings.ts';
import { addStops, metersOfBillingRoute } from './route-stops.ts';
import type { fieldOffice } from './routes.ts';
import { tellOfRoute } from './tell-of-route.ts';

async function pageOf(session: TenantSession, entity: Entity, page: Paging, options: QueryOptions) {
  const { items, nextCursor } = await session.query<any>(entity, { ...options, ...page });
  return { data: items, pagination: { limit: page.limit, nextCursor } };
}

export const fieldOfficeOperations: Operations<typeof fieldOffice.routes> = {
  listReadingRoutes: ({ session, query: { period, ...filters }, page }) =>
    pageOf(session, readingRouteEntity, page, {
      index: 'gsi1',
      pk: ['READING-ROUTES'],
      order: 'descending',
      filter: equals(filters),
      ...(period === undefined ? {} : { beginsWith: [period] }),
    }),
  createReadingRoute: async ({ session, body: { fromRouteId, ...body } }) => {
    if (body.assigneeId !== undefined) await requireUser(session, body.assigneeId);
    const stops = fromRouteId === undefined ? [] : await metersOfBillingRoute(session, fromRouteId);
    const route: ReadingRoute = { ...body, id: newId('rrt'), status: 'open', formerAssigneeIds: [] };
    const data = await session.transact('billing', (unit) => {
      tellOfRoute(unit, route.id, route.assigneeId, 'assigned');
      return unit.create(readingRouteEntity, route);
    });
    if (stops.length > 0) await addStops(session, route.id, stops, { isTold: true });
    return { data };
  },
  getReadingRoute: async ({ session, params }) => ({ data: await session.require(readingRouteEntity, params) }),
  updateReadingRoute: async ({ session, params, body, expectedVersion }) => {
    const before = await session.require(readingRouteEntity, params);
    refuseStale(before, expectedVersion);
    const assigneeId = body['assigneeId'] as string | null | undefined;
    if (typeof assigneeId === 'string') await requireUser(session, assigneeId);
    const left = assigneeId !== undefined && assigneeId !== before.assigneeId ? before.assigneeId : undefined;
    const former = left === undefined ? {} : { formerAssigneeIds: [...new Set([...before.formerAssigneeIds, left])] };
    const data = await session.transact('billing', (unit) => {
      const after = unit.update(readingRouteEntity, before, { ...body, ...former });
      tellOfRoute(unit, after.id, left, 'withdrawn');
      if (after.status === 'open')
        tellOfRoute(unit, after.id, after.assigneeId, after.assigneeId === before.assigneeId ? 'changed' : 'assigned');
      return after;
    });
    return { data };
  },
  getReadingRouteHistory: readHistory(readingRouteEntity),
  listRouteStops: async ({ session, params, page }) => {
    await session.require(readingRouteEntity, params);
    return pageOf(session, stopEntity, page, { index: 'gsi1', pk: ['ROUTE-STOPS', params.id] });
  },
  addRouteStops: async ({ session, params, body }) => ({ data: await addStops(session, params.id, body.stops) }),
  removeRouteStop: async ({ session, params: { id, meterId } }) => {
    const [route, stop] = await Promise.all([
      session.require(readingRouteEntity, { id }),
      session.require(stopEntity, { routeId: id, meterId }),
    ]);
    await session.transact('billing', (unit) => {
      unit.delete(stopEntity, stop);
      // By this devices know that stops went: of rows that are gone nobody could tell them.
      unit.update(readingRouteEntity, route, {}, { isAudited: false });
      tellOfRoute(unit, id, route.assigneeId, 'changed');
    });
    return {};
  },
  listFieldReadings: ({ session, query: { routeId, meterId }, page }) => {
    if ((routeId === undefined) === (meterId === undefined))
      throw new AppError('unprocessable', undefined, {
        texts: { en: 'Name either `routeId` or `meterId`.', ar: 'حدد إما `routeId` أو `meterId`.' },
      });
    return pageOf(session, fieldReadingEntity, page, {
      order: 'descending',
      ...(routeId === undefined
        ? { index: 'gsi2', pk: ['METER-FIELD-READINGS', meterId!] }
        : { index: 'gsi1', pk: ['ROUTE-READINGS', routeId] }),
    });
  },
  listContestedDays: ({ session, page }) =>
    pageOf(session, meterDayEntity, page, { index: 'gsi1', pk: ['CONTESTED-READINGS'] }),
  getFieldReading: async ({ session, params }) => {
    const reading = await session.require(fieldReadingEntity, params);
    return { data: { ...reading, photos: await showPhotos(session, reading.photoIds) } };
  },
  confirmFieldReading: async ({ session, params, locale, principal }) => ({
    data: await confirmReading(session.beforehand(), params.id, { by: principal.subject, locale }),
  }),
  listCollections: ({ session, query: { collectorId, status }, page }) =>
    pageOf(session, collectionEntity, page, {
      order: 'descending',
      ...(collectorId === undefined
        ? { index: 'gsi1', pk: ['FIELD-COLLECTIONS', status] }
        : { index: 'gsi2', pk: ['COLLECTIONS-OF', collectorId], filter: equals({ status }) }),
    }),
  recordHeldCollection: async ({ session, params, body, principal }) => ({
    data: await recordHeld(session, params.id, body.customerId, { reason: body.reason, by: principal.subject }),
  }),
  voidHeldCollection: async ({ session, params, body, principal }) => ({
    data: await voidHeld(session, params.id, { reason: body.reason, by: principal.subject }),
  }),
  listFieldCorrections: ({ session, query: { status }, page }) =>
    pageOf(session, correctionEntity, page, { index: 'gsi1', pk: ['CUSTOMER-CORRECTIONS', status] }),
  decideCorrection: async ({ session, params, body, principal }) => ({
    data: await decideCorrection(session, params.id, { ...body, by: principal.subject }),
  }),
  getCollectorLimits: async ({ session, params: { userId } }) => {
    await requireUser(session, userId);
    const { items } = await session.query<any>(collectorLimitEntity, {
      pk: ['COLLECTOR', userId],
      beginsWith: ['LIMIT'],
      limit: 50,
      consistent: true,
    });
    return { data: items };
  },
  setCollectorLimit: async ({ session, params, body }) => {
    await requireUser(session, params.userId);
    const data = await retryOnChangeOrMade(async () => {
      const before = await session.get(collectorLimitEntity, params, { consistent: true });
      const { perCollection = null, perDay = null, note = null } = body;
      return session.transact('billing', (unit) =>
        before === undefined
          ? unit.create(collectorLimitEntity, { ...params, ...body })
          : unit.update(collectorLimitEntity, before, { perCollection, perDay, note }),
      );
    });
    return { data };
  },
};
