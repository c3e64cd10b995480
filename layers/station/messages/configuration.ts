/**
 * How a configuration gets to its gateway: the platform announces a version, the gateway asks for its parts one by one, as
 * large as MQTT allows, and says in the end what runs. A gateway also asks, with part 0, whenever it connects.
 */
import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import * as z from 'zod/mini';
import { ConfigurationError } from '../configuration-error.ts';
import { bounds, type StationConfiguration } from '../station-configuration.ts';
import { jsonCodec, MessageError } from './payload.ts';

const version = () => z.number().check(z.int(), z.gte(1), z.lte(Number.MAX_SAFE_INTEGER));
const sha256 = () => z.string().check(z.regex(/^[0-9a-f]{64}$/, 'Not a SHA-256 in hexadecimal.'));
/** Of a part in bytes: its base64 and the frame stay below 128 KB. */
export const partBytes = 84_000;
const maxParts = 400;

/** Platform to gateway, on topic `config`. */
const configDownSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('announce'),
    version: version(),
    /** Of the packed document. */
    sha256: sha256(),
    parts: z.number().check(z.int(), z.gte(1), z.lte(maxParts)),
    /** The platform's clock. */
    timeMs: z.number(),
  }),
  z.object({
    type: z.literal('part'),
    version: version(),
    part: z.number().check(z.int(), z.gte(1), z.lte(maxParts)),
    data: z.string().check(z.maxLength(120_000)),
  }),
  /** The answer to part 0 when the gateway has the latest, or there is none. */
  z.object({ type: z.literal('current'), version: z.nullable(version()), timeMs: z.number() }),
]);
export type ConfigDownMessage = z.infer<typeof configDownSchema>;
export const configDownCodec = jsonCodec(configDownSchema);

/** Gateway to platform, on topic `config`; never stored, the gateway repeats it when it connects. */
const configUpSchema = z.discriminatedUnion('type', [
  /** Part 0 asks what there is. */
  z.object({
    type: z.literal('request'),
    version: z.nullable(version()),
    part: z.number().check(z.int(), z.gte(0), z.lte(maxParts)),
    /** What runs now. */
    appliedVersion: z.nullable(version()),
    /** The last that did not work here, so that it is not offered again. */
    refusedVersion: z.optional(version()),
  }),
  z.object({ type: z.literal('applied'), version: version(), timeMs: z.number() }),
  z.object({
    type: z.literal('refused'),
    version: version(),
    /** What runs instead. */
    appliedVersion: z.nullable(version()),
    /** `rolled_back`: it ran, and a connection that had worked did not come back. */
    stage: z.enum(['transfer', 'invalid', 'rolled_back']),
    problems: z.array(
      z.object({ path: z.string().check(z.maxLength(300)), message: z.string().check(z.maxLength(500)) }),
    ),
    timeMs: z.number(),
  }),
]);
export type ConfigUpMessage = z.infer<typeof configUpSchema>;
export const configUpCodec = jsonCodec(configUpSchema);

export interface PackedConfiguration {
  version: number;
  sha256: string;
  /** gzip of the JSON. */
  bytes: Buffer;
  parts: number;
}

/** Ready to be announced and handed out by `partOf`. @throws ConfigurationError when it does not fit */
export function packConfiguration(configuration: StationConfiguration): PackedConfiguration {
  const text = Buffer.from(JSON.stringify(configuration));
  const bytes = gzipSync(text);
  const parts = Math.ceil(bytes.length / partBytes);
  if (text.length > bounds.documentBytes || parts > maxParts)
    throw new ConfigurationError([
      { path: '(document)', message: `Too large: ${text.length} bytes, ${bytes.length} packed.` },
    ]);
  return { version: configuration.version, sha256: digest(bytes), bytes, parts };
}

/** @param part from 1 */
export function partOf(packed: PackedConfiguration, part: number): ConfigDownMessage {
  if (part < 1 || part > packed.parts) throw new MessageError(`part: 1 to ${packed.parts}, not ${part}.`);
  const data = packed.bytes.subarray((part - 1) * partBytes, part * partBytes).toString('base64');
  return { type: 'part', version: packed.version, part, data };
}

/** The document, of any shape: to be checked as a configuration next. @throws MessageError when it did not arrive whole */
export function unpackConfiguration(bytes: Uint8Array, expectedSha256: string): unknown {
  if (digest(bytes) !== expectedSha256) throw new MessageError('The configuration arrived damaged.');
  try {
    return JSON.parse(gunzipSync(bytes, { maxOutputLength: bounds.documentBytes }).toString('utf8'));
  } catch (cause) {
    throw new MessageError('The configuration is not JSON in gzip, or too large.', { cause });
  }
}

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export const exampleConfigDown: ConfigDownMessage = {
  type: 'announce',
  version: 12,
  sha256: 'b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9',
  parts: 1,
  timeMs: 1_767_225_600_000,
};

export const exampleConfigUp: ConfigUpMessage = {
  type: 'refused',
  version: 12,
  appliedVersion: 11,
  stage: 'invalid',
  problems: [{ path: 'points[BUS1.V].deviceId', message: 'There is no device "BUS-1".' }],
  timeMs: 1_767_225_603_000,
};
