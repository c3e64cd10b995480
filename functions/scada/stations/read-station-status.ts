/** How a station is doing: its gateway, its lines and devices, its open alarms, its last values by quality. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { countOpenAlarms } from '../alarms/list-alarms.ts';
import { type Device, deviceEntity, devicePartition } from '../devices/device-entity.ts';
import { gatewayStateEntity } from '../gateways/gateway-entity.ts';
import { type LinkRow, linkEntity, linkPartition } from '../link-states.ts';
import { stationEntity } from './station-entity.ts';

export async function readStationStatus(session: TenantSession, stationId: string) {
  const station = await session.require(stationEntity, { id: stationId });
  const [state, links, devices, alarms] = await Promise.all([
    session.get(gatewayStateEntity, { id: stationId }),
    session.query<LinkRow>(linkEntity, { pk: linkPartition(stationId), limit: 2_000 }),
    session.query<Device>(deviceEntity, { index: 'gsi2', pk: devicePartition(stationId), limit: 2_000 }),
    countOpenAlarms(session, stationId),
  ]);
  const deviceStates = new Map(
    links.items.filter(({ kind }) => kind === 'device').map(({ id, state: of }) => [id, of]),
  );
  const counts = { total: 0, online: 0, degraded: 0, offline: 0, silent: 0 };
  for (const { id, isActive } of devices.items) {
    if (!isActive) continue;
    counts.total += 1;
    const of = deviceStates.get(id);
    if (of === 'online' || of === 'degraded' || of === 'offline') counts[of] += 1;
    else counts.silent += 1;
  }
  return {
    stationId,
    status: station.status,
    gateway:
      state === undefined
        ? null
        : {
            online: state.online,
            since: state.since,
            lastSeenAt: state.lastSeenAt,
            configurationVersion: state.configurationVersion ?? null,
            software: state.software ?? null,
            bufferedMessages: state.store?.messages ?? null,
          },
    protocols: links.items
      .filter(({ kind }) => kind === 'protocol')
      .map(({ id, state: of, since, reason }) => ({
        id,
        state: of,
        since,
        ...(reason === undefined ? {} : { reason }),
      })),
    devices: counts,
    openAlarms: alarms,
  };
}
