/** Schedule: finds gateways of all tenants that fell silent. */
import { openGlobalSession, openSession } from '../../../layers/kernel/data/session.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { scadaSettings } from '../settings/settings-entity.ts';
import { type GatewayWatch, gatewayWatchEntity, watchShards } from './gateway-entity.ts';
import { noteGone } from './gateway-presence.ts';

/** No utility can choose a shorter silence. */
const shortestSilenceMs = 30_000;

export async function handler(): Promise<{ gone: number }> {
  const now = Date.now();
  let gone = 0;
  for (let shard = 0; shard < watchShards; shard++) {
    const { items } = await openGlobalSession().query<GatewayWatch>(gatewayWatchEntity, {
      index: 'gsi1',
      pk: ['GATEWAY-WATCH', shard],
      to: [new Date(now - shortestSilenceMs).toISOString()],
      limit: 500,
    });
    for (const { stationId, tenantId, lastSeenAt } of items) {
      const session = openSession(tenantId);
      const { gatewaySilenceSeconds } = await scadaSettings(session);
      const silentMs = now - Date.parse(lastSeenAt);
      if (silentMs < gatewaySilenceSeconds * 1000) continue;
      try {
        const seconds = Math.round(silentMs / 1000);
        await noteGone(session, stationId, Date.parse(lastSeenAt), `Nothing was heard for ${seconds} s.`);
        gone += 1;
      } catch (error) {
        logger.error('silent gateway not noted', { stationId, error: error as Error });
      }
    }
  }
  return { gone };
}
