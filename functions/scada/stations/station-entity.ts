/**
 * A station (substation or feeder head) and the claim on its code. MQTT topics carry the code and no tenant, so a
 * code belongs to one tenant in the whole installation; the claim is what says to which.
 */
import * as z from 'zod/mini';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import { externalId, label } from '../../../layers/kernel/schema/common.ts';

export const stationSchema = z.object({
  id: externalId(),
  name: label(),
  nameAr: z.optional(label()),
  /** Geographic position, WGS 84 degrees. */
  latitude: z.optional(z.number().check(z.gte(-90), z.lte(90))),
  longitude: z.optional(z.number().check(z.gte(-180), z.lte(180))),
  /** Rated capacity in kW. */
  capacityKw: z.optional(z.number().check(z.gte(0))),
  status: z._default(z.enum(['active', 'inactive']), 'active'),
});

export type Station = z.infer<typeof stationSchema>;

export const stationEntity = defineEntity<Station>()({
  name: 'station',
  table: 'scada',
  key: ({ id }) => ({ pk: ['STATION', id], sk: ['STATION'] }),
  indexes: { gsi1: ({ id }) => ({ pk: ['STATION'], sk: [id] }) },
  idOf: ({ id }) => id,
});

export interface StationClaim {
  id: string;
  tenantId: string;
}

/** Lives in the global scope. */
export const stationClaimEntity = defineEntity<StationClaim>()({
  name: 'station code',
  table: 'scada',
  key: ({ id }) => ({ pk: ['STATION-CLAIM', id], sk: ['STATION-CLAIM'] }),
  idOf: ({ id }) => id,
});
