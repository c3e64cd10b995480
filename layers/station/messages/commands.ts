/** Commands to a station and what becomes of them. A command is known by its id: told twice, it is executed once. */
import * as z from 'zod/mini';
import { fromJsonValue, type PointValue, toJsonValue } from '../point-value.ts';
import { envelope, identifier, reasonText, timeMs } from './envelope.ts';
import { decodePayload, encodePayload, jsonCodec, MessageError, parseMessage } from './payload.ts';

/** Longest life of a command: nothing is operated on an order of yesterday. */
export const maxCommandLifeMs = 3_600_000;

const operateCodes = ['latch_on', 'latch_off', 'pulse_on', 'pulse_off', 'trip', 'close'] as const;
const duration = () => z.optional(z.number().check(z.int(), z.gte(0), z.lte(3_600_000)));

const actionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('write'), value: z.unknown() }),
  z.object({
    kind: z.literal('operate'),
    code: z.enum(operateCodes),
    onMs: duration(),
    offMs: duration(),
    count: z.optional(z.number().check(z.int(), z.gte(1), z.lte(255))),
  }),
]);

const commandSchema = z.object({
  id: z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{7,63}$/, 'Not the id of a command.')),
  pointId: identifier(),
  action: actionSchema,
  /** Left out: as the point's configuration says. A point that wants its select gets it, whatever is said here. */
  mode: z.optional(z.enum(['direct', 'select_before_operate'])),
  issuedAtMs: timeMs(),
  expiresAtMs: timeMs(),
  /** Who, for the station's own audit: a user's id and, where two were needed, the approver's. */
  issuedBy: z.string().check(z.minLength(1), z.maxLength(200)),
  approvedBy: z.optional(z.string().check(z.maxLength(200))),
});

type Carried = z.infer<typeof commandSchema>;
export type OperateAction = Extract<Carried['action'], { kind: 'operate' }>;
export type CommandMessage = Omit<Carried, 'action'> & { action: { kind: 'write'; value: PointValue } | OperateAction };

export function encodeCommand(command: CommandMessage): Buffer {
  const { action } = command;
  return encodePayload({
    ...command,
    action: action.kind === 'write' ? { ...action, value: toJsonValue(action.value) } : action,
  });
}

/** @throws MessageError naming the field */
export function decodeCommand(payload: Uint8Array): CommandMessage {
  const { action, ...rest } = parseMessage(commandSchema, decodePayload(payload));
  if (rest.expiresAtMs <= rest.issuedAtMs || rest.expiresAtMs - rest.issuedAtMs > maxCommandLifeMs)
    throw new MessageError(`expiresAtMs: not within ${maxCommandLifeMs / 60_000} minutes after issuedAtMs.`);
  if (action.kind === 'operate') return { ...rest, action };
  const known = fromJsonValue(action.value);
  if (known?.value === undefined) throw new MessageError('action.value: not a value.');
  return { ...rest, action: { kind: 'write', value: known.value } };
}

export const exampleCommand: CommandMessage = {
  id: 'cmd_01KDYB1T2M3N4P5Q6R7S8T9V0W',
  pointId: 'CB1.control',
  action: { kind: 'operate', code: 'trip', onMs: 500 },
  mode: 'select_before_operate',
  issuedAtMs: 1_767_225_600_000,
  expiresAtMs: 1_767_225_630_000,
  issuedBy: 'usr_01KDYB0000000000000000000A',
};

/**
 * Steps of a command, in order. The last of a command is one of `final`:
 * - `executed`: the device took it; with a read-back, `confirmed` or `not_confirmed` follow and are the last instead
 * - `refused`: by an interlock, the local switch, the configuration or the device; nothing happened
 * - `expired`, `not_sent`: it never went to the device
 * - `unknown`: it was sent and no answer came; it may have happened, and is never tried again by itself
 */
const commandSteps = [
  'accepted',
  'sending',
  'executed',
  'confirmed',
  'not_confirmed',
  'refused',
  'expired',
  'not_sent',
  'unknown',
] as const;
export type CommandStep = (typeof commandSteps)[number];

const resultSchema = z.object({
  ...envelope,
  commandId: z.string().check(z.minLength(8), z.maxLength(64)),
  pointId: identifier(),
  step: z.enum(commandSteps),
  /** No step comes after this one. */
  final: z.boolean(),
  timeMs: timeMs(),
  reason: z.optional(reasonText()),
  /** The device's own code of refusal. */
  code: z.optional(z.union([z.string().check(z.maxLength(100)), z.number()])),
  /** What the read-back point showed, as JSON carries values. */
  readBack: z.optional(z.unknown()),
  issuedBy: z.optional(z.string().check(z.maxLength(200))),
});
export type ResultMessage = z.infer<typeof resultSchema>;
export const resultCodec = jsonCodec(resultSchema);

export const exampleResult: ResultMessage = {
  storeId: '3f9a2c51d0e84b77',
  seq: 4714,
  commandId: exampleCommand.id,
  pointId: exampleCommand.pointId,
  step: 'executed',
  final: false,
  timeMs: 1_767_225_600_420,
  issuedBy: exampleCommand.issuedBy,
};
