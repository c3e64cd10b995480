/**
 * Whether a device is there. Readings leave no mark here: the watch looks at a device when its silence would be over the
 * threshold, and finds the meter’s last reading then. So a reporting fleet costs one look per device and threshold.
 */
import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { endAlert, raiseAlert } from '../../platform/contract.ts';
import { readStates } from '../meters/meter-states.ts';
import { latestReading } from '../readings/latest-reading.ts';
import { type DeviceStateRow, deviceStateEntity, iotDeviceEntity, type StoredDevice } from './device-entity.ts';
import { devicePresenceChanged } from './device-events.ts';
import type { DeviceState } from './device-schema.ts';

/** A sign of life is noted at most this often. */
const noteEveryMs = 5 * 60_000;
/** Of a device that is gone; a message of its own brings it back at once. */
const lookAgainMs = 3_600_000;

export const latest = (...times: (string | undefined)[]): string | undefined =>
  times
    .filter((time) => time !== undefined)
    .sort()
    .at(-1);

/**
 * Notes what a device told of itself, and that it is there.
 * @param changes nothing: a mere sign of life, written only when the last one is old
 */
export async function noteDevice(
  session: TenantSession,
  device: StoredDevice,
  seenMs: number,
  changes: Partial<DeviceState> = {},
  also: (unit: UnitOfWork, before: DeviceStateRow) => void = () => {},
): Promise<void> {
  await retryOnChange(async () => {
    const state = await session.require(deviceStateEntity, { id: device.id });
    const seenAt = new Date(seenMs).toISOString();
    const isFresh = state.lastSeenAt !== undefined && seenMs - Date.parse(state.lastSeenAt) < noteEveryMs;
    const isOvertaken = state.reportedAt !== undefined && seenAt < state.reportedAt;
    const news = isOvertaken ? {} : differing(state, changes);
    const isNews = Object.keys(news).length > 0;
    if (isFresh && state.presence === 'online' && !isNews) return;
    const reportedAt = isNews ? { reportedAt: seenAt } : {};
    await session.transact('metering', (unit) => {
      setSeen(unit, device, state, seenAt, Date.parse(session.context.now()), { ...news, ...reportedAt });
      if (isNews) also(unit, state);
    });
  });
}

/** Changes that are none are not written again. */
const differing = (state: DeviceState, changes: Partial<DeviceState>): Partial<DeviceState> =>
  Object.fromEntries(
    Object.entries(changes).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify((state as Record<string, unknown>)[name] ?? null),
    ),
  );

function setSeen(
  unit: UnitOfWork,
  { id, stationId, status, offlineAfterMinutes }: StoredDevice,
  state: DeviceStateRow & { version: number; createdAt: string; updatedAt: string },
  seenAt: string,
  nowMs: number,
  changes: Partial<DeviceState> = {},
): void {
  const lastSeenAt = latest(state.lastSeenAt, seenAt)!;
  const goneMs = Date.parse(lastSeenAt) + offlineAfterMinutes * 60_000;
  // What was sent long ago and comes now says nothing of now.
  const presence = goneMs > nowMs ? 'online' : state.presence;
  const dueAt = new Date(presence === 'online' ? goneMs : nowMs + lookAgainMs).toISOString();
  unit.update(
    deviceStateEntity,
    state,
    { ...changes, lastSeenAt, presence, ...(status === 'provisioned' ? { dueAt } : {}) },
    { isAudited: false },
  );
  if (presence === state.presence) return;
  unit.emit(devicePresenceChanged, {
    aggregateId: id,
    payload: { deviceId: id, stationId, previous: state.presence, presence, lastSeenAt },
  });
  if (state.presence === 'offline') endSilence(unit, id, 'The device is there again.');
}

const silenceKey = (deviceId: string): string => `device-silent/${deviceId}`;

/** Whoever was told that a device is silent need not look any more. */
export const endSilence = (unit: UnitOfWork, deviceId: string, reason: string): void =>
  endAlert(unit, silenceKey(deviceId), reason);

/** Looks at a device whose silence is due. @returns whether it was found gone */
export function lookAt(session: TenantSession, deviceId: string): Promise<boolean> {
  return retryOnChange(async () => {
    const [device, state] = await Promise.all([
      session.require(iotDeviceEntity, { id: deviceId }),
      session.require(deviceStateEntity, { id: deviceId }),
    ]);
    const now = session.context.now();
    if (state.dueAt === undefined || state.dueAt > now) return false;
    const seenAt = latest(state.lastSeenAt, await lastReadingAt(session, device.meterId));
    const isThere = seenAt !== undefined && Date.parse(seenAt) + device.offlineAfterMinutes * 60_000 > Date.parse(now);
    return session.transact('metering', (unit) => {
      if (isThere) {
        setSeen(unit, device, state, seenAt, Date.parse(now));
        return false;
      }
      const dueAt = new Date(Date.parse(now) + lookAgainMs).toISOString();
      const seen = seenAt === undefined ? {} : { lastSeenAt: seenAt };
      unit.update(deviceStateEntity, state, { ...seen, presence: 'offline', dueAt }, { isAudited: false });
      if (state.presence === 'offline') return false;
      const { id, stationId, type } = device;
      unit.emit(devicePresenceChanged, {
        aggregateId: id,
        payload: { deviceId: id, stationId, previous: state.presence, presence: 'offline', ...seen },
      });
      raiseAlert(unit, {
        alertType: 'system',
        severity: type === 'concentrator' || type === 'gateway' ? 'error' : 'warning',
        title: { en: `Device ${id} is silent`, ar: `الجهاز ${id} صامت` },
        sourceSystem: 'metering',
        alertData: { deviceId: id, stationId, ...seen },
        dedupeKey: silenceKey(id),
      });
      return true;
    });
  });
}

/** When a reading of the meter arrived last. */
export async function lastReadingAt(session: TenantSession, meterId: string | undefined): Promise<string | undefined> {
  if (meterId === undefined) return undefined;
  const state = (await readStates(session, [meterId])).get(meterId);
  return (await latestReading(session, meterId, state))?.receivedAt;
}
