/**
 * The gateway of a station: one process that speaks to its devices. It goes by the station's code, since its topics do. What
 * people set lies apart from what it tells of itself every minute, so that neither locks the other out.
 */
import * as z from 'zod/mini';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import { externalId, label, utcTime } from '../../../layers/kernel/schema/common.ts';
import { healthSchema } from '../../../layers/station/messages.ts';
import { stationConfigurationSchema } from '../../../layers/station/station-configuration.ts';
import { storageLevels } from './gateway-storage.ts';

const { report, timeSync, remoteControl } = stationConfigurationSchema.shape;

/** Settings that travel with the station's configuration. */
const gatewaySettings = {
  /** How often it reports, and how fast it catches up. */
  report: z.optional(report._zod.def.innerType),
  timeSync: z.optional(timeSync._zod.def.innerType),
  /** Point that shows the station's local/remote switch: commands are refused unless it says remote. */
  remoteControl,
};

export const gatewaySchema = z.object({
  /** Code of the station. */
  id: externalId(),
  name: label(100),
  description: z.optional(label(500)),
  ...gatewaySettings,
  /** Id of the API key it was enrolled with; a gateway with a certificate has none. */
  keyId: z.optional(z.string()),
  enrolledAt: z.optional(utcTime()),
});

export type Gateway = z.infer<typeof gatewaySchema>;

export const gatewayEntity = defineEntity<Gateway>()({
  name: 'gateway',
  table: 'scada',
  key: ({ id }) => ({ pk: ['GATEWAY', id], sk: ['GATEWAY'] }),
  indexes: { gsi1: ({ id }) => ({ pk: ['GATEWAYS'], sk: [id] }) },
  idOf: ({ id }) => id,
});

const { process, store, disk, clock, connections, points } = healthSchema.shape;

export const gatewayStateSchema = z.object({
  online: z.boolean(),
  /** Since when it is so. */
  since: utcTime(),
  lastSeenAt: utcTime(),
  lastHealthAt: z.optional(utcTime()),
  /** Of this run of the process. */
  bootId: z.optional(z.string()),
  startedAt: z.optional(utcTime()),
  software: z.optional(z.string()),
  /** What it runs by. */
  configurationVersion: z.optional(z.nullable(z.int())),
  /** The last it would not run by, and why. */
  refusedVersion: z.optional(z.int()),
  refusal: z.optional(
    z.object({
      stage: z.string(),
      problems: z.array(z.object({ path: z.string(), message: z.string() })),
      at: utcTime(),
    }),
  ),
  process,
  /** Messages it still has to send: its buffer. */
  store,
  disk,
  /** Whether it runs out of room. */
  storage: z.optional(z.enum(storageLevels)),
  clock,
  connections,
  points,
});

export type GatewayState = z.infer<typeof gatewayStateSchema>;

export const gatewayStateEntity = defineEntity<GatewayState & { id: string }>()({
  name: 'gateway state',
  table: 'scada',
  key: ({ id }) => ({ pk: ['GATEWAY', id], sk: ['STATE'] }),
  idOf: ({ id }) => id,
});

/** When each gateway was heard last, of all tenants: what the watch goes by. Lives in the global scope. */
export interface GatewayWatch {
  stationId: string;
  tenantId: string;
  lastSeenAt: string;
  /** Only these are watched. */
  online: boolean;
}

export const watchShards = 4;

export const gatewayWatchEntity = defineEntity<GatewayWatch, { stationId: string }>()({
  name: 'gateway watch',
  table: 'scada',
  key: ({ stationId }) => ({ pk: ['GATEWAY-WATCH', stationId], sk: ['GATEWAY-WATCH'] }),
  indexes: {
    gsi1: ({ stationId, lastSeenAt, online }) =>
      online ? { pk: ['GATEWAY-WATCH', shardOf(stationId)], sk: [lastSeenAt, stationId] } : undefined,
  },
  idOf: ({ stationId }) => stationId,
});

function shardOf(stationId: string): number {
  let hash = 0;
  for (const character of stationId) hash = (hash * 31 + character.charCodeAt(0)) >>> 0;
  return hash % watchShards;
}
