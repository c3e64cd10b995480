/** A command to a control point and the states it goes through. */
import * as z from 'zod/mini';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { KeyParts } from '../../../layers/kernel/data/keys.ts';
import { utcTime } from '../../../layers/kernel/schema/common.ts';
import { pointValue } from '../values/reading-schemas.ts';

/**
 * `requested` waits for a second person; `approved` is on the point of being sent. Once `sent` a command is never sent again.
 * `selected`: the station is at it. `executed`: the device took it; `verified`: the read-back point shows it. `refused`: certainly
 * nothing happened; `unknown`: it may have happened, and a late word of the station still settles it.
 */
export const commandStatuses = [
  'requested',
  'approved',
  'rejected',
  'sent',
  'selected',
  'executed',
  'verified',
  'refused',
  'expired',
  'unknown',
] as const;
export type CommandStatus = (typeof commandStatuses)[number];

const operateCodes = ['latch_on', 'latch_off', 'pulse_on', 'pulse_off', 'trip', 'close'] as const;
const durationMs = () => z.optional(z.int().check(z.gte(0), z.lte(3_600_000)));

export const actionSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('write'),
    value: z.union([z.number(), z.boolean(), z.string().check(z.maxLength(200))]),
  }),
  z.strictObject({
    kind: z.literal('operate'),
    code: z.enum(operateCodes),
    onMs: durationMs(),
    offMs: durationMs(),
    count: z.optional(z.int().check(z.gte(1), z.lte(255))),
  }),
]);

export const commandSchema = z.object({
  id: z.string(),
  pointId: z.string(),
  deviceId: z.string(),
  stationId: z.string(),
  action: actionSchema,
  mode: z.enum(['direct', 'select_before_operate']),
  status: z.enum(commandStatuses),
  /** No status comes after this one. */
  final: z.boolean(),
  reason: z.optional(z.string()),
  /** The device's own code of refusal. */
  code: z.optional(z.union([z.string(), z.number()])),
  comment: z.optional(z.string()),
  requestedAt: utcTime(),
  requestedBy: z.string(),
  approvalNeeded: z.boolean(),
  /** Who approved or rejected. */
  decidedBy: z.optional(z.string()),
  /** Its expiry: nothing is sent or executed after it. (`expiresAt` is what storage calls the end of a row.) */
  validUntil: utcTime(),
  sentAt: z.optional(utcTime()),
  /** What the read-back point showed. */
  readBack: z.optional(z.nullable(pointValue)),
  /** Every step with its time, by the clock of who told it. */
  steps: z.array(z.object({ status: z.string(), at: utcTime(), by: z.string(), detail: z.optional(z.string()) })),
});

export type Command = z.infer<typeof commandSchema>;

export const controlCommands = (pointId: string): KeyParts => ['CONTROL-COMMANDS', pointId];
export const openCommands: KeyParts = ['COMMANDS-OPEN'];

export const commandEntity = defineEntity<Command>()({
  name: 'command',
  table: 'scada',
  key: ({ id }) => ({ pk: ['COMMAND', id], sk: ['COMMAND'] }),
  indexes: {
    gsi1: ({ id, pointId, requestedAt }) => ({ pk: controlCommands(pointId), sk: [requestedAt, id] }),
    gsi2: ({ id, final, requestedAt }) => (final ? undefined : { pk: openCommands, sk: [requestedAt, id] }),
  },
  idOf: ({ id }) => id,
});
