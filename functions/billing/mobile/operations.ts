/** What field staff can do with the app. */
import { isGranted } from '../../../layers/kernel/auth/permissions.ts';
import type { Principal } from '../../../layers/kernel/auth/principal.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import type { Locale } from '../../../layers/kernel/i18n/locale.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { listDevices, registerDevice, removeDevice } from '../push/push-devices.ts';
import { applyOperations, type Caller } from './apply-operations.ts';
import { changesSince, routesOf } from './changes-since.ts';
import { skewOf } from './device-clock.ts';
import { type CountingDevice, noteContact } from './device-contacts.ts';
import { packStops } from './pack-stops.ts';
import { announcePhoto } from './photo-entity.ts';
import { requireOwnRoute, type StoredStop, stopEntity } from './route-entity.ts';
import type { mobile } from './routes.ts';

const mayCollect = ({ permissions }: Principal): boolean => isGranted(permissions, 'billing:field:collect');

async function workerOf(
  { session, principal, locale }: { session: TenantSession; principal: Principal; locale: Locale },
  { deviceTime, device }: { deviceTime?: string | undefined; device?: CountingDevice | undefined },
  operations: readonly Record<string, unknown>[],
): Promise<Caller> {
  const userId = principal.subject;
  const skewMs = skewOf(deviceTime, Date.parse(session.context.now()));
  const [{ timeZone, currency }, contacts] = await Promise.all([
    tenantProfile(session),
    device === undefined ? [] : noteContact(session, userId, device, operations),
  ]);
  return { session, userId, locale, skewMs, contacts, mayCollect: mayCollect(principal), timeZone, currency };
}

export const mobileOperations: Operations<typeof mobile.routes> = {
  listOwnRoutes: async ({ session, principal, page }) => {
    const { items, nextCursor } = await routesOf(session, principal.subject, page);
    return { data: items, pagination: { limit: page.limit, nextCursor } };
  },
  getOwnRoute: async ({ session, principal, params }) => ({
    data: await requireOwnRoute(session, principal.subject, params.id),
  }),
  listOwnStops: async ({ session, principal, params, page }) => {
    await requireOwnRoute(session, principal.subject, params.id);
    const { items, nextCursor } = await session.query<StoredStop>(stopEntity, {
      index: 'gsi1',
      pk: ['ROUTE-STOPS', params.id],
      ...page,
    });
    const data = await packStops(session, items, { mayCollect: mayCollect(principal) });
    return { data, pagination: { limit: page.limit, nextCursor } };
  },
  listFieldDevices: async ({ session, principal }) => ({ data: await listDevices(session, principal.subject) }),
  registerFieldDevice: async ({ session, principal, body }) => ({
    data: await registerDevice(session, principal, body),
  }),
  removeFieldDevice: async ({ session, principal, params }) => {
    await removeDevice(session, principal.subject, params.deviceId);
    return {};
  },
  announcePhoto: async ({ session, principal, body }) => ({
    data: await announcePhoto(session, principal.subject, body),
  }),
  handInReadings: async (request) => ({
    data: await applyOperations(
      await workerOf(request, request.body, request.body.readings),
      request.body.readings.map((visit) => ({ ...visit, type: visit.type === 'no_access' ? 'no_access' : 'reading' })),
    ),
  }),
  handInCollections: async (request) => ({
    data: await applyOperations(
      await workerOf(request, request.body, request.body.collections),
      request.body.collections.map((collection) => ({ ...collection, type: 'collection' })),
    ),
  }),
  syncField: async (request) => {
    const { session, principal, body } = request;
    const worker = await workerOf(request, body, body.operations);
    const results = await applyOperations(worker, body.operations);
    const { cursor, ...changes } = await changesSince(session, principal.subject, body.cursor);
    return { data: { serverTime: session.context.now(), skewMs: worker.skewMs, results, changes, cursor } };
  },
};
