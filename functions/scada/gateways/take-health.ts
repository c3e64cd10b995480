/** What a gateway tells of itself every minute, and its last will when it is gone without a word. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { isoTime } from '../../../layers/metering/reading-time.ts';
import type { HealthMessage } from '../../../layers/station/messages.ts';
import { type GatewayState, gatewayStateEntity } from './gateway-entity.ts';
import { noteAlive, noteGone } from './gateway-presence.ts';
import { isWorse, judgeStorage, raiseStorageLow } from './gateway-storage.ts';

export async function takeHealth(
  session: TenantSession,
  stationId: string,
  health: HealthMessage,
  receivedMs: number,
): Promise<void> {
  const state = await session.get(gatewayStateEntity, { id: stationId }, { consistent: true });
  if (!health.online) {
    // The will of a run before this one says nothing of now.
    if (state?.bootId === undefined || state.bootId === health.bootId)
      await noteGone(session, stationId, receivedMs, 'Its connection broke.');
    return;
  }
  const at = isoTime(receivedMs);
  // Queues keep no order: an older word must not replace a newer one.
  if (state?.lastHealthAt !== undefined && state.lastHealthAt >= at) return;
  const { bootId, software, configurationVersion, startedAtMs, process, store, disk, clock, connections, points } =
    health;
  const told = {
    lastHealthAt: at,
    bootId,
    software,
    configurationVersion,
    ...(startedAtMs === undefined ? {} : { startedAt: isoTime(startedAtMs) }),
    process,
    store,
    disk,
    clock,
    connections,
    points,
  };
  await noteAlive(session, stationId, receivedMs, (before: GatewayState | undefined, unit: UnitOfWork) => {
    const storage = judgeStorage(health, before?.storage);
    if (isWorse(storage, before?.storage)) raiseStorageLow(unit, stationId, storage, health);
    return { ...told, storage };
  });
}
