/** Lambda entry of `/api/scada/devices`. */
import { crudOperations } from '../../../layers/kernel/crud/crud-operations.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError, notFound } from '../../../layers/kernel/errors/app-error.ts';
import { serve } from '../../../layers/kernel/http/serve.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { requestCommand, requireControl } from '../controls/request-command.ts';
import { neverHeard, readLinkStates } from '../link-states.ts';
import { listPoints } from '../points/list-points.ts';
import { answered } from '../present-rows.ts';
import { applyProfile, type ProfileRequest } from '../profiles/apply-profile.ts';
import { protocolEntity } from '../protocols/protocol-entity.ts';
import { presentLast } from '../values/present-value.ts';
import { type Device, deviceEntity } from './device-entity.ts';
import { readDeviceStatus } from './read-device-status.ts';
import { devices } from './routes.ts';

const plain = crudOperations({
  singular: 'Device',
  plural: 'Devices',
  entity: deviceEntity,
  list: { index: 'gsi1', pk: ['DEVICES'] },
  make: (body) => ({ id: newId('dev'), ...body }),
  onCreate: (_, device, { session }) => refuseStrangeProtocol(session!, device),
  onUpdate: async (_, after, before, { session }) => {
    if (after.protocolId !== before.protocolId) await refuseStrangeProtocol(session!, after);
  },
  onDelete: async (_, { id }, { session }) => {
    const { items } = await listPoints(session!, { deviceId: id }, { limit: 1, cursor: undefined });
    if (items.length > 0) throw new AppError('conflict', `It still has points, such as "${items[0]!.id}".`);
  },
});

export const handler = serve(
  devices,
  {
    ...answered(plain, present),
    getDeviceStatus: async ({ session, params }) => ({ data: await readDeviceStatus(session, params.id) }),
    listDeviceReadings: async ({ session, params, page }) => {
      const { items, nextCursor } = await listPoints(session, { deviceId: params.id }, page);
      return { data: await presentLast(session, items), pagination: { limit: page.limit, nextCursor } };
    },
    applyDeviceProfile: async ({ session, params, body }) => ({
      data: await applyProfile(session, params.id, body as ProfileRequest),
    }),
    commandDevice: async ({ session, params, body, principal, headers }) => {
      await session.require(deviceEntity, params);
      const point = await requireControl(session, body.pointId);
      if (point.deviceId !== params.id) throw notFound('control', body.pointId);
      const idempotencyKey = headers['idempotency-key'];
      return { data: await requestCommand(session, { ...body, requestedBy: principal.subject, idempotencyKey }) };
    },
  },
  { table: 'scada' },
);

async function present<T extends Device>(session: TenantSession, rows: readonly T[]) {
  const states = await readLinkStates(session, 'device', rows);
  return rows.map((row) => ({ ...row, connectionStatus: (states.get(row.id) ?? neverHeard).state }));
}

/** A gateway opens the lines of its own station only. @throws AppError `not_found` */
async function refuseStrangeProtocol(session: TenantSession, { protocolId, stationId }: Device): Promise<void> {
  const protocol = await session.require(protocolEntity, { id: protocolId });
  if (protocol.stationId !== stationId) throw notFound(protocolEntity.name, protocolId);
}
