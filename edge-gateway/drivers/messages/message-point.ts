/** A point that is told by messages, whatever carries them: where its value, time and quality are, and what they mean. */
import * as z from 'zod/mini';
import type { PointValue, Quality, Sample } from '../../runtime/driver.ts';
import type { IssueCollector } from '../configuration-error.ts';
import { type JsonPath, parseJsonPath, valueAt } from './json-path.ts';

const text = (max: number) => z.string().check(z.minLength(1), z.maxLength(max));
const scalar = z.union([z.string().check(z.maxLength(200)), z.number(), z.boolean()]);

/** Fields of an address that both MQTT and HTTP have. */
export const messageFields = {
  /** Path of the value in a JSON message; left out where the whole message is the value. */
  path: z.optional(text(500)),
  /** Path of the time at which the device measured it. */
  timePath: z.optional(text(500)),
  /** What a number means as a time; texts are RFC 3339. @default seconds or milliseconds by size */
  timeUnit: z.optional(z.enum(['s', 'ms'])),
  qualityPath: z.optional(text(500)),
  /** What `qualityPath` says of a good value. @default good, ok, valid, true, 0 */
  good: z.optional(z.array(scalar).check(z.minLength(1), z.maxLength(20))),
  uncertain: z.optional(z.array(scalar).check(z.minLength(1), z.maxLength(20))),
  /** Words of the device for values: `{ "OPEN": false, "CLOSED": true }`. */
  values: z.optional(z.record(text(200), z.union([z.number(), z.boolean(), z.string()]))),
};

const fieldsSchema = z.object(messageFields);
type MessageFields = z.infer<typeof fieldsSchema>;

const messageTypes = ['number', 'integer', 'boolean', 'string', 'int64', 'float32', 'float64'] as const;
const wholeTypes = /^u?int(8|16|32)$/;

export interface MessagePoint {
  path: JsonPath | undefined;
  timePath: JsonPath | undefined;
  timeUnit: 's' | 'ms' | undefined;
  qualityPath: JsonPath | undefined;
  good: ReadonlySet<unknown>;
  uncertain: ReadonlySet<unknown>;
  values: ReadonlyMap<string, PointValue> | undefined;
  type: 'number' | 'integer' | 'bigint' | 'boolean' | 'string';
}

const usualGood: readonly unknown[] = ['good', 'GOOD', 'Good', 'ok', 'OK', 'valid', true, 0, '0'];

export function parseMessagePoint(
  fields: MessageFields,
  dataType: string,
  place: string,
  issues: IssueCollector,
): MessagePoint | undefined {
  const type = typeOf(dataType);
  if (!type) {
    issues.add(`${place}.dataType`, `"${dataType}" is none of ${messageTypes.join(', ')}, int8 to uint32.`);
    return undefined;
  }
  const pathOf = (name: 'path' | 'timePath' | 'qualityPath'): JsonPath | undefined => {
    const path = fields[name] === undefined ? undefined : parseJsonPath(fields[name]);
    if (fields[name] !== undefined && !path) {
      issues.add(`${place}.address.${name}`, `"${fields[name]}" is no path such as "$.phases[0].voltage".`);
    }
    return path;
  };
  return {
    path: pathOf('path'),
    timePath: pathOf('timePath'),
    timeUnit: fields.timeUnit,
    qualityPath: pathOf('qualityPath'),
    good: new Set(fields.good ?? usualGood),
    uncertain: new Set(fields.uncertain ?? ['uncertain', 'UNCERTAIN', 'Uncertain']),
    values: fields.values && new Map(Object.entries(fields.values)),
    type,
  };
}

function typeOf(dataType: string): MessagePoint['type'] | undefined {
  if (dataType === 'boolean' || dataType === 'bool' || dataType === 'bit') return 'boolean';
  if (dataType === 'string') return 'string';
  if (dataType === 'integer' || wholeTypes.test(dataType)) return 'integer';
  if (dataType === 'int64' || dataType === 'uint64') return 'bigint';
  return dataType === 'number' || dataType.startsWith('float') ? 'number' : undefined;
}

/**
 * @param document the message: parsed JSON, or its text where the point has no path
 * @returns undefined when the message does not speak of this point
 */
export function sampleOf(pointId: string, point: MessagePoint, document: unknown): Sample | undefined {
  const raw = point.path ? valueAt(document, point.path) : document;
  if (raw === undefined) return undefined;
  const time = point.timePath ? timeOf(valueAt(document, point.timePath), point.timeUnit) : undefined;
  const timed = time === undefined ? {} : { sourceTimeMs: time };
  const value = convert(raw, point);
  if (value === undefined) {
    const reason = raw === null ? 'the device has no value' : `${JSON.stringify(raw).slice(0, 80)} is no ${point.type}`;
    return { pointId, value: undefined, quality: 'bad', reason, ...timed };
  }
  const told = point.qualityPath ? valueAt(document, point.qualityPath) : undefined;
  const quality = point.qualityPath ? qualityOf(told, point) : 'good';
  if (quality === 'good') return { pointId, value, quality, ...timed };
  return { pointId, value, quality, reason: `the device says ${JSON.stringify(told) ?? 'nothing'} of it`, ...timed };
}

const qualityOf = (told: unknown, { good, uncertain }: MessagePoint): Quality =>
  good.has(told) ? 'good' : uncertain.has(told) ? 'uncertain' : 'bad';

function convert(raw: unknown, { type, values }: MessagePoint): PointValue | undefined {
  if (values) {
    const known = values.get(String(raw));
    if (known !== undefined) return known;
  }
  switch (type) {
    case 'string':
      return typeof raw === 'object' ? undefined : String(raw);
    case 'boolean':
      return booleanOf(raw);
    case 'bigint':
      return bigintOf(raw);
    default: {
      const number = typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : raw;
      if (typeof number !== 'number' || !Number.isFinite(number)) return undefined;
      return type === 'integer' && !Number.isInteger(number) ? undefined : number;
    }
  }
}

const trueWords = new Set(['true', 'on', '1', 'yes', 'closed']);
const falseWords = new Set(['false', 'off', '0', 'no', 'open']);

function booleanOf(raw: unknown): boolean | undefined {
  if (typeof raw === 'boolean') return raw;
  const word = String(raw).trim().toLowerCase();
  if (trueWords.has(word)) return true;
  return falseWords.has(word) ? false : undefined;
}

function bigintOf(raw: unknown): bigint | number | undefined {
  if (typeof raw === 'number') return Number.isSafeInteger(raw) ? raw : undefined;
  return typeof raw === 'string' && /^-?\d{1,20}$/.test(raw) ? BigInt(raw) : undefined;
}

/** Numbers above this are milliseconds: as seconds they would be after the year 5000. */
const largestSeconds = 1e11;

export function timeOf(raw: unknown, unit: 's' | 'ms' | undefined): number | undefined {
  if (typeof raw === 'number' && Number.isFinite(raw) && raw > 0) {
    const isSeconds = unit ? unit === 's' : raw < largestSeconds;
    return Math.round(isSeconds ? raw * 1000 : raw);
  }
  // Without a zone it is nobody's time.
  if (typeof raw !== 'string' || !/(Z|[+-]\d{2}:?\d{2})$/i.test(raw)) return undefined;
  const time = Date.parse(raw);
  return Number.isNaN(time) ? undefined : time;
}
