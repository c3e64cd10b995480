/**
 * Takes in values of gateways, a batch of many messages at once: recorded by device and hour, remembered as last values,
 * told to listeners, and turned into events where a point's role says so. Every step can be repeated without a second
 * effect, so a batch that failed half-way is simply given again.
 */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { countMetric, logger } from '../../../layers/kernel/observability/logger.ts';
import type { PointSample } from '../../../layers/scada/value-chunk.ts';
import type { ReportedValue, ValuesMessage } from '../../../layers/station/messages.ts';
import { directoryOf } from '../configurations/load-directory.ts';
import type { DirectoryEntry } from '../configurations/point-directory.ts';
import { type LiveRow, tellListeners } from '../realtime/live-values.ts';
import { scadaSettings } from '../settings/settings-entity.ts';
import { type DeviceSamples, recordValues } from '../values/history-store.ts';
import { type PageUpdate, saveLastValues } from '../values/last-values.ts';
import { publishAssetReadings } from './asset-readings.ts';
import type { GatewayMessage } from './gateway-message.ts';
import { type RoleSample, takeRoleValues } from './role-values.ts';

/** A clock may be that much ahead; what is beyond is recorded, but is not taken for the present. */
const maxAheadMs = 10 * 60_000;
const dayMs = 86_400_000;

interface Taken {
  session: TenantSession;
  stationId: string;
  entry: DirectoryEntry;
  sample: PointSample;
  isPresent: boolean;
}

/** @returns ids of messages that must come again */
export async function takeValues(messages: readonly GatewayMessage<ValuesMessage>[]): Promise<string[]> {
  if (messages.length === 0) return [];
  try {
    const taken = await placeValues(messages);
    if (!(await recordValues(await byDevice(taken)))) throw new Error('DynamoDB left values unwritten.');
    const present = taken.filter(({ isPresent }) => isPresent);
    // Before the last values, so that what a crash leaves undone is found to have changed once more.
    await takeRoleValues(present.filter(isSwitching).map(toRoleSample));
    await publishAssetReadings(present.filter(({ entry }) => entry.role === 'asset_reading'));
    await saveLastValues(byPage(present));
    countMetric('ValuesRecorded', taken.length);
    await tellListeners(present.map(toLiveRow));
    return [];
  } catch (error) {
    logger.error('values not stored', { messages: messages.length, error: error as Error });
    return messages.map(({ id }) => id);
  }
}

async function placeValues(messages: readonly GatewayMessage<ValuesMessage>[]): Promise<Taken[]> {
  const taken: Taken[] = [];
  let unknown = 0;
  for (const own of Map.groupBy(messages, ({ stationId }) => stationId).values()) {
    const { session, stationId } = own[0]!;
    const ids = new Set(own.flatMap(({ message }) => message.values.map(({ pointId }) => pointId)));
    const [directory, { historyDays }] = await Promise.all([
      directoryOf(session, stationId, ids),
      scadaSettings(session),
    ]);
    for (const { receivedMs, message } of own)
      for (const value of message.values) {
        const entry = directory.points.get(value.pointId);
        if (entry === undefined) unknown += 1;
        // What is older would be removed as soon as it is written.
        else if (value.timeMs >= receivedMs - historyDays * dayMs)
          taken.push({
            session,
            stationId,
            entry,
            sample: toSample(value),
            isPresent: value.timeMs <= receivedMs + maxAheadMs,
          });
      }
  }
  if (unknown > 0) countMetric('ValuesOfUnknownPoints', unknown);
  return taken;
}

function toSample({ value, quality, timeMs, reason, timeBy }: ReportedValue): PointSample {
  return {
    value,
    quality,
    timeMs,
    ...(reason === undefined ? {} : { reason }),
    ...(timeBy === 'device_uncertain' ? { timeUncertain: true } : {}),
  };
}

async function byDevice(taken: readonly Taken[]): Promise<DeviceSamples[]> {
  const devices = new Map<string, DeviceSamples>();
  for (const { session, entry, sample } of taken) {
    const key = `${session.tenantId} ${entry.deviceId}`;
    let device = devices.get(key);
    if (device === undefined) {
      const { historyDays } = await scadaSettings(session);
      device = { session, deviceId: entry.deviceId, samples: new Map(), keepDays: historyDays };
      devices.set(key, device);
    }
    const samples = device.samples.get(entry.pointId);
    if (samples === undefined) device.samples.set(entry.pointId, [sample]);
    else samples.push(sample);
  }
  return [...devices.values()];
}

/** The newest of each point, by page. */
function byPage(taken: readonly Taken[]): PageUpdate[] {
  const pages = new Map<string, PageUpdate>();
  for (const { session, entry, sample } of taken) {
    const { deviceId, page, pointId } = entry;
    const key = `${session.tenantId} ${deviceId} ${page}`;
    const update = pages.get(key) ?? { session, deviceId, page, samples: new Map<string, PointSample>() };
    pages.set(key, update);
    if ((update.samples.get(pointId)?.timeMs ?? -1) <= sample.timeMs) update.samples.set(pointId, sample);
  }
  return [...pages.values()];
}

const isSwitching = ({ entry: { role } }: Taken): boolean => role === 'switch_position' || role === 'supply';

const toRoleSample = ({ session, stationId, entry, sample }: Taken): RoleSample => ({
  session,
  stationId,
  entry,
  sample,
});

const toLiveRow = ({ session, stationId, entry, sample }: Taken): LiveRow => ({ session, stationId, entry, sample });
