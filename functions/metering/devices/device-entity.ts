/** How devices are stored. What people set lies apart from what a device tells of itself, so that neither locks the other out. */
import { defineEntity, type Stored } from '../../../layers/kernel/data/entity.ts';
import type { KeyParts } from '../../../layers/kernel/data/keys.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { shardOf } from '../../../layers/kernel/data/sharded-query.ts';
import type { Device, DeviceState } from './device-schema.ts';

const shards = 8;
const listPartition = (shard: number): KeyParts => ['IOT-DEVICES', shard];
export const devicePartitions = Array.from({ length: shards }, (_, shard) => listPartition(shard));

export const iotDeviceEntity = defineEntity<Device>()({
  name: 'device',
  table: 'metering',
  key: ({ id }) => ({ pk: ['IOT-DEVICE', id], sk: ['IOT-DEVICE'] }),
  indexes: {
    gsi1: ({ id }) => ({ pk: listPartition(shardOf(id, shards)), sk: [id] }),
    gsi2: ({ keyId }) => (keyId === undefined ? undefined : { pk: ['IOT-KEY', keyId], sk: ['IOT-KEY'] }),
  },
  idOf: ({ id }) => id,
});

/** Two devices of a tenant never have one serial number. */
export const deviceSerialEntity = defineEntity<{ serialNumber: string; deviceId: string }, { serialNumber: string }>()({
  name: 'serial number',
  table: 'metering',
  key: ({ serialNumber }) => ({ pk: ['IOT-SERIAL', serialNumber], sk: ['IOT-SERIAL'] }),
  idOf: ({ serialNumber }) => serialNumber,
});

export type DeviceStateRow = DeviceState & {
  id: string;
  /** When the watch looks at it next; missing while nobody waits for it. ISO 8601. */
  dueAt?: string;
};

export const deviceStateEntity = defineEntity<DeviceStateRow>()({
  name: 'device state',
  table: 'metering',
  key: ({ id }) => ({ pk: ['IOT-DEVICE', id], sk: ['STATE'] }),
  indexes: { gsi1: ({ id, dueAt }) => (dueAt === undefined ? undefined : { pk: ['IOT-WATCH'], sk: [dueAt, id] }) },
  idOf: ({ id }) => id,
});

export type StoredDevice = Device & Stored;

/** The device that a credential belongs to. The index may lag a moment behind a new credential. */
export async function deviceOfKey(session: TenantSession, keyId: string): Promise<StoredDevice | undefined> {
  const { items } = await session.query<StoredDevice>(iotDeviceEntity, {
    index: 'gsi2',
    pk: ['IOT-KEY', keyId],
    limit: 1,
  });
  return items[0];
}

/**
 * What a device may say and hear below its station: its own, and what it reads for others. A meter speaks for itself alone, also
 * while nobody has said which one it is; a concentrator for the meters of the station, but for no other device.
 */
export const pathsOf = ({ id, type, meterId, serialNumber }: Device): string[] => {
  // A device that took another's place may go on under its own number.
  const own = [...new Set([meterId ?? serialNumber, serialNumber])].map((name) => `meter/${name}/*`);
  return [`device/${id}/*`, ...(type === 'meter' ? own : ['meter/*', 'infrastructure/*'])];
};

/** Topics of a device, below those of its station: its credential reaches no other station. */
export const topicsOf = ({ id, stationId, meterId }: Pick<Device, 'id' | 'stationId' | 'meterId'>) => ({
  status: `acrel/${stationId}/device/${id}/status`,
  configuration: `acrel/${stationId}/device/${id}/config`,
  ...(meterId === undefined
    ? {}
    : {
        data: `acrel/${stationId}/meter/${meterId}/data`,
        meterStatus: `acrel/${stationId}/meter/${meterId}/status`,
        commands: `acrel/${stationId}/meter/${meterId}/command`,
      }),
});
