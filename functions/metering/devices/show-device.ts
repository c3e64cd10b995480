/** A device as answers show it: with its state, whether it runs by what it was given, and when it was last heard. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { readStates } from '../meters/meter-states.ts';
import { configurationOf } from './configuration.ts';
import { type DeviceStateRow, deviceStateEntity, type StoredDevice, topicsOf } from './device-entity.ts';
import type { Device } from './device-schema.ts';
import { downloadOf } from './firmware.ts';
import { lastReadingAt, latest } from './presence.ts';
import { offerFor } from './rollout.ts';

/** @param seenAt when the device was heard otherwise than by its own messages */
function shown(device: StoredDevice, row: DeviceStateRow | undefined, seenAt: string | undefined, nowMs: number) {
  const { id, meterId, configurationVersion } = device;
  const {
    presence = 'unknown',
    firmwareVersion,
    reportedConfigurationVersion,
    configurationProblem,
    update,
  } = row ?? {};
  const lastSeenAt = latest(row?.lastSeenAt, seenAt);
  const isHeard = lastSeenAt !== undefined && nowMs - Date.parse(lastSeenAt) < device.offlineAfterMinutes * 60_000;
  return {
    ...device,
    state: {
      presence: isHeard ? ('online' as const) : presence === 'online' ? ('offline' as const) : presence,
      ...(lastSeenAt === undefined ? {} : { lastSeenAt }),
      ...(firmwareVersion === undefined ? {} : { firmwareVersion }),
      ...(reportedConfigurationVersion === undefined ? {} : { reportedConfigurationVersion }),
      ...(configurationProblem === undefined ? {} : { configurationProblem }),
      ...(update === undefined ? {} : { update }),
      isInSync: (reportedConfigurationVersion ?? 0) === configurationVersion,
    },
    links: {
      configurations: `/api/v1/iot/devices/${id}/configurations`,
      ...(meterId === undefined
        ? {}
        : {
            commands: `/api/billing/meter-commands?meterId=${encodeURIComponent(meterId)}`,
            readings: `/api/billing/meters/${encodeURIComponent(meterId)}/readings`,
          }),
    },
  };
}

export async function showDevice(session: TenantSession, device: StoredDevice) {
  const [row, seenAt] = await Promise.all([
    session.get(deviceStateEntity, { id: device.id }, { consistent: true }),
    lastReadingAt(session, device.meterId),
  ]);
  return shown(device, row, seenAt, Date.parse(session.context.now()));
}

/** For a list the references of the meters do, which are six hours old at most: two reads for a whole page. */
export async function showDevices(session: TenantSession, devices: readonly StoredDevice[]) {
  const meterIds = devices.flatMap(({ meterId }) => meterId ?? []);
  const [rows, meters] = await Promise.all([
    session.getMany(
      deviceStateEntity,
      devices.map(({ id }) => ({ id })),
    ),
    readStates(session, [...new Set(meterIds)]),
  ]);
  const rowOf = new Map(rows.map((row) => [row.id, row]));
  const nowMs = Date.parse(session.context.now());
  return devices.map((device) => {
    const read = device.meterId === undefined ? undefined : meters.get(device.meterId)?.checkpoint?.time;
    return shown(device, rowOf.get(device.id), read === undefined ? undefined : new Date(read).toISOString(), nowMs);
  });
}

/** What a device asks for with its own credential: what to run by, and an update that is meant for it. */
export async function showSelf(session: TenantSession, device: Device) {
  const state = await session.require(deviceStateEntity, { id: device.id });
  const [configuration, offer] = await Promise.all([
    configurationOf(session, device.id, device.configurationVersion),
    offerFor(session, device, state),
  ]);
  return {
    deviceId: device.id,
    stationId: device.stationId,
    topics: topicsOf(device),
    configuration:
      configuration === undefined
        ? null
        : { version: configuration.version, settings: configuration.settings, sha256: configuration.sha256 },
    firmware:
      offer === undefined
        ? null
        : {
            rolloutId: offer.rollout.id,
            firmwareVersion: offer.firmware.firmwareVersion,
            sizeBytes: offer.firmware.sizeBytes,
            sha256: offer.firmware.sha256,
            ...(await downloadOf(session, offer.firmware)),
          },
  };
}
