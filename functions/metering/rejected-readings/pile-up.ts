/**
 * Notices when a station's messages are refused in numbers, which is never the fault of a single meter: a changed
 * format, a wrong clock, a station moved without telling. One alert tells it once per episode.
 */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { updateAtomically } from '../../../layers/kernel/data/update-atomically.ts';
import { derivedId } from '../../../layers/kernel/ids.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { publishAlert } from '../../platform/contract.ts';
import { meteringConfig } from '../config.ts';
import type { Refusal } from '../ingest/read-messages.ts';

const windowMs = 5 * 60_000;
/** An episode ends when no window has been over the limit for this long. */
const quietMs = 15 * 60_000;

interface RefusalCount {
  stationId: string;
  window: number;
  refused?: number;
}

const refusalCountEntity = defineEntity<RefusalCount, RefusalCount>()({
  name: 'refusal count',
  table: 'metering',
  key: ({ stationId, window }) => ({ pk: ['REFUSALS', stationId], sk: [window] }),
  idOf: ({ stationId }) => stationId,
});

interface Episode {
  stationId: string;
  /** Milliseconds until which the episode lasts without another window over the limit. */
  until?: number;
}

const episodeEntity = defineEntity<Episode, Pick<Episode, 'stationId'>>()({
  name: 'refusal episode',
  table: 'metering',
  key: ({ stationId }) => ({ pk: ['REFUSALS', stationId], sk: ['EPISODE'] }),
  idOf: ({ stationId }) => stationId,
});

/** Counts refusals of tenants' stations; a failure here must not hold up readings. */
export async function watchPileUps(refusals: readonly Refusal[]): Promise<void> {
  const counts = new Map<TenantSession, Map<string, Refusal[]>>();
  for (const refusal of refusals) {
    if (refusal.session === undefined || refusal.topic === undefined) continue;
    const stations = counts.get(refusal.session) ?? new Map<string, Refusal[]>();
    counts.set(refusal.session, stations);
    const same = stations.get(refusal.topic.stationId) ?? [];
    stations.set(refusal.topic.stationId, [...same, refusal]);
  }
  for (const [session, stations] of counts) {
    for (const [stationId, refused] of stations) {
      try {
        await countStation(session, stationId, refused);
      } catch (error) {
        logger.error('refusals not counted', { stationId, error: error as Error });
      }
    }
  }
}

async function countStation(session: TenantSession, stationId: string, refused: readonly Refusal[]): Promise<void> {
  const now = Date.parse(session.context.now());
  const window = Math.floor(now / windowMs);
  const key = { stationId, window };
  const counted = await updateAtomically(session, refusalCountEntity, key, {
    update: 'ADD refused :count SET expiresAt = :expiry',
    values: { ':count': refused.length, ':expiry': Math.floor(now / 1000) + 86_400 },
  });
  if ((counted?.refused ?? 0) <= meteringConfig().rejectedPileUp) return;
  const episode = await session.get(episodeEntity, { stationId }, { consistent: true });
  if ((episode?.until ?? 0) < now) await raise(session, key, counted!.refused!, refused);
  // After the alert: a crash between the two repeats the alert of this window under the same id.
  await updateAtomically(
    session,
    episodeEntity,
    { stationId },
    {
      update: 'SET #until = :until, expiresAt = :expiry',
      names: { '#until': 'until' },
      values: { ':until': now + quietMs, ':expiry': Math.floor((now + quietMs) / 1000) + 86_400 },
    },
  );
}

async function raise(
  session: TenantSession,
  { stationId, window }: RefusalCount,
  count: number,
  refused: readonly Refusal[],
): Promise<void> {
  const reasons: Record<string, number> = {};
  for (const { rejection } of refused) reasons[rejection.reason] = (reasons[rejection.reason] ?? 0) + 1;
  await publishAlert(
    session,
    'metering',
    {
      alertType: 'system',
      severity: 'warning',
      title: {
        en: `Messages of station ${stationId} are being refused`,
        ar: `رسائل المحطة ${stationId} مرفوضة`,
      },
      description: `${count} messages in five minutes; see the rejected readings.`,
      sourceSystem: 'metering',
      alertData: { stationId, count, reasons },
      dedupeKey: `rejected-readings/${stationId}`,
    },
    derivedId('evt', window * windowMs, `rejected-readings ${session.tenantId} ${stationId} ${window}`),
  );
}
