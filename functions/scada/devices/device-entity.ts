/** A device at a station: an RTU, a protection relay, a meter, an inverter … behind one communication protocol. */
import * as z from 'zod/mini';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { KeyParts } from '../../../layers/kernel/data/keys.ts';
import { externalId, label } from '../../../layers/kernel/schema/common.ts';
import { deviceSchema as configuredDevice } from '../../../layers/station/station-configuration.ts';

export const deviceTypes = ['rtu', 'plc', 'ied', 'meter', 'relay', 'inverter', 'genset', 'sensor', 'other'] as const;

export const deviceSchema = z.extend(z.omit(configuredDevice, { connectionId: true }), {
  id: externalId(),
  stationId: externalId(),
  /** The line it is reached by; must be of the same station. */
  protocolId: externalId(),
  name: label(100),
  nameAr: z.optional(label(100)),
  type: z._default(z.enum(deviceTypes), 'other'),
  manufacturer: z.optional(label(100)),
  model: z.optional(label(100)),
  serialNumber: z.optional(label(100)),
  /** The asset it is or watches over: measurements, faults and states are told of it. */
  assetId: z.optional(externalId()),
});

export const createDeviceSchema = z.extend(deviceSchema, { id: z.optional(externalId()) });

export type Device = z.infer<typeof deviceSchema>;

export const devicePartition = (stationId: string): KeyParts => ['STATION-DEVICES', stationId];

export const deviceEntity = defineEntity<Device>()({
  name: 'device',
  table: 'scada',
  key: ({ id }) => ({ pk: ['DEVICE', id], sk: ['DEVICE'] }),
  indexes: {
    gsi1: ({ id }) => ({ pk: ['DEVICES'], sk: [id] }),
    gsi2: ({ id, stationId }) => ({ pk: devicePartition(stationId), sk: [id] }),
  },
  idOf: ({ id }) => id,
});
