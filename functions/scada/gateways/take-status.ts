/** Changes of state of a station's lines and devices: kept, and told once; what a later change overtook changes nothing. */

import { retryOnChangeOrMade } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { isoTime } from '../../../layers/metering/reading-time.ts';
import type { StatusChange } from '../../../layers/station/messages.ts';
import { deviceEntity } from '../devices/device-entity.ts';
import { assetStatusChanged, deviceStatusChanged, protocolStatusChanged } from '../events.ts';
import { type LinkKind, type LinkRow, linkEntity } from '../link-states.ts';

export async function takeStatus(
  session: TenantSession,
  stationId: string,
  changes: readonly StatusChange[],
): Promise<void> {
  for (const change of [...changes].sort((a, b) => a.timeMs - b.timeMs))
    await retryOnChangeOrMade(() => takeChange(session, stationId, change));
}

async function takeChange(session: TenantSession, stationId: string, change: StatusChange): Promise<void> {
  const { connectionId, deviceId, state, reason } = change;
  const kind: LinkKind = deviceId === undefined ? 'protocol' : 'device';
  const id = deviceId ?? connectionId;
  const time = isoTime(change.timeMs);
  const key = { stationId, kind, id };
  const known = await session.get(linkEntity, key, { consistent: true });
  if (known !== undefined && known.since >= time) return;
  const previousState = known?.state ?? 'disconnected';
  const row: LinkRow = {
    ...key,
    state,
    since: time,
    ...(reason === undefined ? {} : { reason }),
    ...lastConnected(state, time, known),
  };
  const asset = kind === 'device' ? (await session.get(deviceEntity, { id }))?.assetId : undefined;
  await session.transact('scada', (unit) => {
    if (known === undefined) unit.create(linkEntity, row);
    else unit.update(linkEntity, known, { ...row, reason: reason ?? null });
    if (previousState === state) return;
    const why = reason === undefined ? {} : { reason };
    const definition = kind === 'device' ? deviceStatusChanged : protocolStatusChanged;
    unit.emit(definition as typeof deviceStatusChanged, {
      aggregateId: id,
      occurredAt: time,
      payload: {
        stationId,
        protocolId: connectionId,
        ...(deviceId === undefined ? {} : { deviceId }),
        previousState,
        state,
        ...why,
        time,
      },
    });
    if (asset !== undefined)
      unit.emit(assetStatusChanged, {
        aggregateId: asset,
        occurredAt: time,
        payload: {
          stationId,
          assetId: asset,
          deviceId: id,
          previousStatus: previousState,
          status: state,
          ...why,
          time,
        },
      });
  });
}

function lastConnected(state: string, time: string, known: LinkRow | undefined): { lastConnectedAt?: string } {
  if (state === 'online') return { lastConnectedAt: time };
  return known?.lastConnectedAt === undefined ? {} : { lastConnectedAt: known.lastConnectedAt };
}
