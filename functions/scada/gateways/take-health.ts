/** What a gateway tells of itself every minute, and its last will when it is gone without a word. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { isoTime } from '../../../layers/metering/reading-time.ts';
import type { HealthMessage } from '../../../layers/station/messages.ts';
import { gatewayStateEntity } from './gateway-entity.ts';
import { noteAlive, noteGone } from './gateway-presence.ts';

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
  const { bootId, software, configurationVersion, startedAtMs, process, store, clock, connections, points } = health;
  await noteAlive(session, stationId, receivedMs, {
    lastHealthAt: at,
    bootId,
    software,
    configurationVersion,
    ...(startedAtMs === undefined ? {} : { startedAt: isoTime(startedAtMs) }),
    process,
    store,
    clock,
    connections,
    points,
  });
}
