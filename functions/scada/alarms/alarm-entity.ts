/**
 * An alarm and its lists. Open and closed alarms of a tenant are listed by time, each over shards, so that a flood writes to
 * no single partition; a station's own list is one, since floods of one station are held back before they get there.
 */
import * as z from 'zod/mini';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { KeyParts } from '../../../layers/kernel/data/keys.ts';
import { shardOf } from '../../../layers/kernel/data/sharded-query.ts';
import { utcTime } from '../../../layers/kernel/schema/common.ts';
import { alarmKinds as gatewayKinds } from '../../../layers/station/messages.ts';
import { pointValue } from '../values/reading-schemas.ts';

/** `flood` stands for alarms that are held back while too many come. */
export const alarmKinds = [...gatewayKinds, 'flood'] as const;
export const priorities = ['low', 'medium', 'high', 'critical'] as const;
export type Priority = (typeof priorities)[number];
export const alarmStatuses = ['raised', 'acknowledged', 'closed'] as const;

export const alarmSchema = z.object({
  id: z.string(),
  stationId: z.string(),
  /** What it is about; none for alarms of the station or its gateway. */
  pointId: z.optional(z.string()),
  deviceId: z.optional(z.string()),
  protocolId: z.optional(z.string()),
  kind: z.enum(alarmKinds),
  /** Who found it. */
  source: z.enum(['gateway', 'platform']),
  /** What it is about, in one line. */
  title: z.object({ en: z.string(), ar: z.string() }),
  /** Of the occurrence, as its source names it. */
  sourceAlarmId: z.string(),
  priority: z.enum(priorities),
  /** Acknowledged by a person; closed when the condition is gone and a person has seen it, or by a person. */
  status: z.enum(alarmStatuses),
  /** Whether the condition is still there. */
  active: z.boolean(),
  value: z.optional(z.nullable(pointValue)),
  limit: z.optional(z.nullable(pointValue)),
  reason: z.optional(z.string()),
  raisedAt: utcTime(),
  clearedAt: z.optional(utcTime()),
  acknowledgedAt: z.optional(utcTime()),
  acknowledgedBy: z.optional(z.string()),
  closedAt: z.optional(utcTime()),
  /** `system` when the condition went by itself. */
  closedBy: z.optional(z.string()),
  /** Left out of the active list and not escalated until a time. */
  shelved: z.boolean(),
  shelvedUntil: z.optional(utcTime()),
  shelvedBy: z.optional(z.string()),
  escalations: z.int(),
  escalatedAt: z.optional(utcTime()),
  /** Held back by flood control: not told of on its own. */
  suppressed: z.boolean(),
  /** Of a flood: how many alarms it stands for. */
  suppressedCount: z.optional(z.int()),
  comments: z.array(z.object({ at: utcTime(), by: z.string(), text: z.string() })),
});

export type Alarm = z.infer<typeof alarmSchema>;

const listShards = 8;
type ListName = 'open' | 'closed';
const listPartition = (list: ListName, shard: number): KeyParts => ['ALARMS', list, shard];
export const alarmPartitions = (...lists: ListName[]): KeyParts[] =>
  lists.flatMap((list) => Array.from({ length: listShards }, (_, shard) => listPartition(list, shard)));

export const stationAlarms = (stationId: string): KeyParts => ['STATION-ALARMS', stationId];
export const suppressedAlarms = (stationId: string): KeyParts => ['SUPPRESSED-ALARMS', stationId];

const isHeldBack = ({ suppressed, status }: Alarm): boolean => suppressed && status !== 'closed';

export const alarmEntity = defineEntity<Alarm>()({
  name: 'alarm',
  table: 'scada',
  key: ({ id }) => ({ pk: ['ALARM', id], sk: ['ALARM'] }),
  indexes: {
    gsi1: (alarm) =>
      isHeldBack(alarm)
        ? undefined
        : {
            pk: listPartition(alarm.status === 'closed' ? 'closed' : 'open', shardOf(alarm.id, listShards)),
            sk: [alarm.raisedAt, alarm.id],
          },
    gsi2: (alarm) => ({
      pk: (isHeldBack(alarm) ? suppressedAlarms : stationAlarms)(alarm.stationId),
      sk: [alarm.raisedAt, alarm.id],
    }),
  },
  idOf: ({ id }) => id,
});
