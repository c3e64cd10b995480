/**
 * Values in a message, grouped by point: `{"v":1,"g":store,"s":seq,"t":base,"p":[[point,[Δt,value,Δt,value…],flags,{…}]]}`.
 * Times are differences, in milliseconds, to the point's value before (the first to the base); what is good and timed by
 * the gateway costs two numbers. Gzip over it takes what repeats in the ids.
 */
import {
  fromJsonValue,
  type JsonValue,
  type PointValue,
  type Quality,
  qualities,
  toJsonValue,
} from '../point-value.ts';
import { identifier, recordedEnvelope } from './envelope.ts';
import { decodePayload, encodePayload, MessageError, parseMessage } from './payload.ts';

export interface ReportedValue {
  pointId: string;
  /** Undefined only with quality `bad` or `stale`. */
  value: PointValue | undefined;
  quality: Quality;
  /** Why it is not good. */
  reason?: string;
  /** When it happened, milliseconds since the epoch. */
  timeMs: number;
  /** Whose clock that is; `device_uncertain` is one the device itself calls unsynchronised. @default 'gateway' */
  timeBy?: 'gateway' | 'device' | 'device_uncertain';
  /** Told whatever the value: sequence of events. */
  isEvent?: boolean;
}

export interface ValuesMessage {
  storeId: string;
  seq: number;
  /** In the order they happened, for each point. */
  values: ReportedValue[];
}

/** Values a message holds at most. */
export const maxValuesPerMessage = 5_000;

const timeByFlags = ['gateway', 'device', 'device_uncertain'] as const;
const eventFlag = 4;
const flagsOf = (value: ReportedValue): number =>
  timeByFlags.indexOf(value.timeBy ?? 'gateway') | (value.isEvent ? eventFlag : 0);

type Exception = [quality: number, flags: number, reason?: string];
type Series = [
  pointId: string,
  deltasAndValues: JsonValue[],
  /** Of all its values that are no exception. @default 0 */
  flags?: number,
  /** By the value's place in the series. */
  exceptions?: Record<string, Exception>,
];

export function encodeValues({ storeId, seq, values }: ValuesMessage): Buffer {
  if (values.length === 0 || values.length > maxValuesPerMessage)
    throw new MessageError(`${values.length} values; a message holds 1 to ${maxValuesPerMessage}.`);
  const base = values.reduce((earliest, { timeMs }) => Math.min(earliest, timeMs), Number.POSITIVE_INFINITY);
  const groups = new Map<string, { series: Series; lastMs: number; flags: number; count: number }>();
  for (const value of values) {
    let group = groups.get(value.pointId);
    if (!group) {
      const flags = flagsOf(value);
      group = { series: [value.pointId, []], lastMs: base, flags, count: 0 };
      if (flags !== 0) group.series[2] = flags;
      groups.set(value.pointId, group);
    }
    group.series[1].push(value.timeMs - group.lastMs, toJsonValue(value.value));
    group.lastMs = value.timeMs;
    const flags = flagsOf(value);
    if (value.quality !== 'good' || flags !== group.flags || value.reason !== undefined) {
      const exception: Exception = [qualities.indexOf(value.quality), flags];
      if (value.reason !== undefined) exception.push(value.reason.slice(0, 200));
      group.series[2] ??= 0;
      group.series[3] ??= {};
      group.series[3][group.count] = exception;
    }
    group.count++;
  }
  return encodePayload({ v: 1, g: storeId, s: seq, t: base, p: [...groups.values()].map(({ series }) => series) });
}

/** @throws MessageError naming the field */
export function decodeValues(payload: Uint8Array): ValuesMessage {
  const message = decodePayload(payload) as Record<string, unknown> | null;
  if (typeof message !== 'object' || message === null || message['v'] !== 1)
    throw new MessageError('v: not a message of values in format 1.');
  const head = parseMessage(recordedEnvelope, { storeId: message['g'], seq: message['s'] });
  const { t: base, p: list } = message;
  if (!isTime(base)) throw new MessageError('t: not a time.');
  if (!Array.isArray(list) || list.length === 0) throw new MessageError('p: not a list of points.');
  const values: ReportedValue[] = [];
  list.forEach((series, place) => {
    decodeSeries(series, base, `p.${place}`, values);
  });
  return { ...head, values };
}

function decodeSeries(series: unknown, base: number, path: string, into: ReportedValue[]): void {
  const [pointId, data, flags = 0, exceptions = {}] = Array.isArray(series) ? series : [];
  if (!identifier().safeParse(pointId).success) throw new MessageError(`${path}.0: not the id of a point.`);
  if (!Array.isArray(data) || data.length === 0 || data.length % 2 !== 0)
    throw new MessageError(`${path}.1: not pairs of time and value.`);
  if (into.length + data.length / 2 > maxValuesPerMessage)
    throw new MessageError(`p: more than ${maxValuesPerMessage} values.`);
  if (typeof exceptions !== 'object' || exceptions === null) throw new MessageError(`${path}.3: not an object.`);
  let timeMs = base;
  for (let index = 0; index < data.length; index += 2) {
    const delta: unknown = data[index];
    if (!Number.isSafeInteger(delta) || !isTime(timeMs + (delta as number)))
      throw new MessageError(`${path}.1.${index}: not a time.`);
    timeMs += delta as number;
    const known = fromJsonValue(data[index + 1]);
    if (!known) throw new MessageError(`${path}.1.${index + 1}: not a value.`);
    const exception = readException((exceptions as Record<string, unknown>)[index / 2], `${path}.3.${index / 2}`);
    const quality = exception?.quality ?? 'good';
    if (known.value === undefined && (quality === 'good' || quality === 'uncertain'))
      throw new MessageError(`${path}.1.${index + 1}: no value, and yet ${quality}.`);
    into.push({
      pointId,
      value: known.value,
      quality,
      ...(exception?.reason === undefined ? {} : { reason: exception.reason }),
      timeMs,
      ...readFlags(exception?.flags ?? flags, `${path}.2`),
    });
  }
}

function readException(
  exception: unknown,
  path: string,
): { quality: Quality; flags: number; reason?: string } | undefined {
  if (exception === undefined) return undefined;
  const [code, flags, reason] = Array.isArray(exception) ? exception : [];
  const quality = qualities[code as number];
  if (quality === undefined || typeof flags !== 'number') throw new MessageError(`${path}: not a quality with flags.`);
  if (reason !== undefined && (typeof reason !== 'string' || reason.length > 200))
    throw new MessageError(`${path}.2: not a reason.`);
  return { quality, flags, ...(reason === undefined ? {} : { reason }) };
}

function readFlags(flags: unknown, path: string): Pick<ReportedValue, 'timeBy' | 'isEvent'> {
  const timeBy = typeof flags === 'number' ? timeByFlags[flags & 3] : undefined;
  if (timeBy === undefined || (flags as number) > 7) throw new MessageError(`${path}: not flags.`);
  const isEvent = ((flags as number) & eventFlag) !== 0;
  return { ...(timeBy === 'gateway' ? {} : { timeBy }), ...(isEvent ? { isEvent } : {}) };
}

const isTime = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

export const exampleValues: ValuesMessage = {
  storeId: '3f9a2c51d0e84b77',
  seq: 4711,
  values: [
    { pointId: 'T1.oil-temperature', value: 61.5, quality: 'good', timeMs: 1_767_225_600_000 },
    { pointId: 'T1.oil-temperature', value: 61.75, quality: 'good', timeMs: 1_767_225_601_000 },
    {
      pointId: 'F3.current',
      value: undefined,
      quality: 'bad',
      reason: 'exception 2: illegal data address',
      timeMs: 1_767_225_600_250,
    },
    {
      pointId: 'CB1.position',
      value: 'on',
      quality: 'good',
      timeMs: 1_767_225_600_012,
      timeBy: 'device',
      isEvent: true,
    },
  ],
};
