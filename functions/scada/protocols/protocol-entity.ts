/** A communication protocol: one line of a station's gateway (a TCP host, a serial port, a broker) with every device behind it. */
import * as z from 'zod/mini';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { KeyParts } from '../../../layers/kernel/data/keys.ts';
import { externalId, label } from '../../../layers/kernel/schema/common.ts';
import { connectionSchema } from '../../../layers/station/station-configuration.ts';

/** The documented table `communication_protocols`, with the station whose gateway opens the line. */
export const protocolSchema = z.extend(connectionSchema, {
  id: externalId(),
  stationId: externalId(),
  name: label(100),
  description: z.optional(label(500)),
});

export const createProtocolSchema = z.extend(protocolSchema, { id: z.optional(externalId()) });

export type Protocol = z.infer<typeof protocolSchema>;

export const protocolPartition = (stationId: string): KeyParts => ['STATION-PROTOCOLS', stationId];

export const protocolEntity = defineEntity<Protocol>()({
  name: 'protocol',
  table: 'scada',
  key: ({ id }) => ({ pk: ['PROTOCOL', id], sk: ['PROTOCOL'] }),
  indexes: {
    gsi1: ({ id }) => ({ pk: ['PROTOCOLS'], sk: [id] }),
    gsi2: ({ id, stationId }) => ({ pk: protocolPartition(stationId), sk: [id] }),
  },
  idOf: ({ id }) => id,
});
