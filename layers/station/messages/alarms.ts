/** Alarms as the gateway finds them: raised and cleared, each with the value and the limit that made it so. */
import * as z from 'zod/mini';
import { fromJsonValue, type PointValue, toJsonValue } from '../point-value.ts';
import { envelope, identifier, reasonText, timeMs } from './envelope.ts';
import { decodePayload, encodePayload, MessageError, parseMessage } from './payload.ts';

export const alarmKinds = [
  'high_high',
  'high',
  'low',
  'low_low',
  /** A state that is listed as an alarm. */
  'state',
  /** A device or connection does not answer. */
  'communication',
  /** The gateway itself: store full, values dropped, clock wrong. */
  'gateway',
] as const;
export type AlarmKind = (typeof alarmKinds)[number];

const alarmSchema = z.object({
  /** Of this occurrence: raised and cleared carry the same. */
  alarmId: z.string().check(z.minLength(1), z.maxLength(200)),
  kind: z.enum(alarmKinds),
  /** Exactly one says what it is about; none for the gateway's own. */
  pointId: z.optional(identifier()),
  deviceId: z.optional(identifier()),
  connectionId: z.optional(identifier()),
  state: z.enum(['raised', 'cleared']),
  priority: z.enum(['low', 'medium', 'high', 'critical']),
  /** When the limit was passed, not when the delay was over. */
  timeMs: timeMs(),
  raisedAtMs: timeMs(),
  value: z.optional(z.unknown()),
  limit: z.optional(z.unknown()),
  reason: z.optional(reasonText()),
});

const alarmsSchema = z.object({ ...envelope, alarms: z.array(alarmSchema).check(z.minLength(1), z.maxLength(500)) });

type Carried = z.infer<typeof alarmSchema>;
export type Alarm = Omit<Carried, 'value' | 'limit'> & { value?: PointValue; limit?: PointValue };
export interface AlarmsMessage {
  storeId: string;
  seq: number;
  alarms: Alarm[];
}

export function encodeAlarms({ storeId, seq, alarms }: AlarmsMessage): Buffer {
  return encodePayload({
    storeId,
    seq,
    alarms: alarms.map(({ value, limit, ...rest }) => ({
      ...rest,
      ...(value === undefined ? {} : { value: toJsonValue(value) }),
      ...(limit === undefined ? {} : { limit: toJsonValue(limit) }),
    })),
  });
}

/** @throws MessageError naming the field */
export function decodeAlarms(payload: Uint8Array): AlarmsMessage {
  const { storeId, seq, alarms } = parseMessage(alarmsSchema, decodePayload(payload));
  const read = (json: unknown, path: string): PointValue | undefined => {
    if (json === undefined) return undefined;
    const known = fromJsonValue(json);
    if (!known) throw new MessageError(`${path}: not a value.`);
    return known.value;
  };
  return {
    storeId,
    seq,
    alarms: alarms.map(({ value, limit, ...rest }, place) => {
      const readValue = read(value, `alarms.${place}.value`);
      const readLimit = read(limit, `alarms.${place}.limit`);
      return {
        ...rest,
        ...(readValue === undefined ? {} : { value: readValue }),
        ...(readLimit === undefined ? {} : { limit: readLimit }),
      };
    }),
  };
}

export const exampleAlarms: AlarmsMessage = {
  storeId: '3f9a2c51d0e84b77',
  seq: 4712,
  alarms: [
    {
      alarmId: 'T1.oil-temperature:high:1767225601000',
      kind: 'high',
      pointId: 'T1.oil-temperature',
      state: 'raised',
      priority: 'high',
      timeMs: 1_767_225_601_000,
      raisedAtMs: 1_767_225_601_000,
      value: 95.5,
      limit: 95,
    },
  ],
};
