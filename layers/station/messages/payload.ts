/**
 * How a message becomes bytes: JSON, compressed with gzip when that is shorter. The first byte tells which: `{` or 0x1f.
 */
import { gunzipSync, gzipSync } from 'node:zlib';
import type * as z from 'zod/mini';
import english from 'zod/v4/locales/en.js';

/** AWS IoT Core takes 128 KB a message. @see https://docs.aws.amazon.com/general/latest/gr/iot-core.html */
export const maxPayloadBytes = 128 * 1024;
/** What a compressed message may unfold to. */
const maxTextBytes = 4 * 1024 * 1024;
const worthCompressing = 300;

/** A message that is none; its text says which field and why. */
export class MessageError extends Error {
  override readonly name = 'MessageError';
}

export function encodePayload(message: object): Buffer {
  const plain = Buffer.from(JSON.stringify(message));
  if (plain.length < worthCompressing) return plain;
  const packed = gzipSync(plain);
  return packed.length < plain.length ? packed : plain;
}

/** @throws MessageError */
export function decodePayload(payload: Uint8Array): unknown {
  if (payload.length > maxPayloadBytes) throw new MessageError(`Longer than ${maxPayloadBytes} bytes.`);
  let text: string;
  try {
    const plain =
      payload[0] === 0x1f && payload[1] === 0x8b ? gunzipSync(payload, { maxOutputLength: maxTextBytes }) : payload;
    text = new TextDecoder('utf-8', { fatal: true }).decode(plain);
  } catch (cause) {
    throw new MessageError('Neither UTF-8 text nor gzip of it.', { cause });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new MessageError('Not JSON.', { cause });
  }
}

const standardMessages = english().localeError;

/** @throws MessageError naming the field */
export function parseMessage<Schema extends z.ZodMiniType>(schema: Schema, message: unknown): z.output<Schema> {
  const parsed = schema.safeParse(message, { error: standardMessages });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new MessageError(`${issue!.path.map(String).join('.') || 'message'}: ${issue!.message}`);
}

/** Codec of a message that needs no denser form than its JSON. */
export function jsonCodec<Schema extends z.ZodMiniType>(schema: Schema) {
  return {
    schema,
    encode: (message: z.input<Schema>): Buffer => encodePayload(message as object),
    /** @throws MessageError naming the field */
    decode: (payload: Uint8Array): z.output<Schema> => parseMessage(schema, decodePayload(payload)),
  };
}
