/**
 * Mutated frames through everything that reads from a line, for crashes, hangs and memory.
 *
 *   node edge-gateway/protocols/modbus/fuzz.ts [count, default 1000000] [seed, default 1]
 *
 * A decoder may refuse a frame with its own errors; anything else that it throws is a fault, and is told with the seed.
 */
import { fileURLToPath } from 'node:url';
import { ModbusExceptionError, ModbusFrameError } from './errors.ts';
import { encodeMbap, MbapReader } from './framing/mbap.ts';
import { encodeRtu, RtuReader } from './framing/rtu.ts';
import {
  decodeRequest,
  decodeResponse,
  encodeRequest,
  encodeResponse,
  requestLength,
  responseLength,
} from './pdu/codec.ts';
import type { Request, Response } from './pdu/messages.ts';

export interface FuzzResult {
  frames: number;
  /** Messages that were still valid after the mutation, so that the deep paths are known to be reached. */
  decoded: number;
  refused: number;
}

/** @param seeds valid exchanges, as hexadecimal PDUs */
export function fuzz(
  seeds: readonly { request: string; response: string; value: Request }[],
  count: number,
  seed = 1,
): FuzzResult {
  const random = xorshift(seed);
  const result: FuzzResult = { frames: 0, decoded: 0, refused: 0 };
  const attempt = (work: () => unknown): void => {
    try {
      work();
      result.decoded += 1;
    } catch (error) {
      // A span past the last address is well-formed: the server refuses it, and our own encoder with a RangeError.
      const isRefusal =
        error instanceof ModbusFrameError || error instanceof ModbusExceptionError || error instanceof RangeError;
      if (!isRefusal || (error as { code?: string }).code) throw error;
      result.refused += 1;
    }
  };
  const mbap = new MbapReader();
  const rtuResponses = new RtuReader(responseLength, () => true);
  const rtuRequests = new RtuReader(requestLength, () => true);
  for (; result.frames < count; result.frames += 1) {
    const example = seeds[random(seeds.length)]!;
    const isRequest = random(2) === 0;
    const pdu = mutate(Buffer.from(isRequest ? example.request : example.response, 'hex'), random);
    attempt(() => {
      if (isRequest) encodeRequest(decodeRequest(pdu));
      else encodeResponse(decodeResponse(pdu, example.value) as Response);
    });
    const stream = random(2) === 0 ? encodeRtu(random(248), pdu) : mutate(encodeRtu(random(248), pdu), random);
    (isRequest ? rtuRequests : rtuResponses).push(stream);
    if (random(50) === 0) (isRequest ? rtuRequests : rtuResponses).silence();
    attempt(() => {
      const frame = encodeMbap(random(0x10000), random(256), pdu);
      const reader = random(4) === 0 ? new MbapReader() : mbap;
      reader.push(random(3) === 0 ? mutate(frame, random) : frame, () => {});
    });
  }
  return result;
}

/** One to four changes: a bit, a byte, a cut, a repetition, a boundary value. */
function mutate(bytes: Buffer, random: (below: number) => number): Buffer {
  let mutated = Buffer.from(bytes);
  for (let changes = 1 + random(4); changes > 0; changes -= 1) {
    const at = random(Math.max(mutated.length, 1));
    const kind = random(6);
    if (mutated.length === 0 || kind === 0)
      mutated = Buffer.concat([mutated, Buffer.alloc(1 + random(8), random(256))]);
    else if (kind === 1) mutated[at]! ^= 1 << random(8);
    else if (kind === 2) mutated[at] = random(256);
    else if (kind === 3) mutated = mutated.subarray(0, at);
    else if (kind === 4)
      mutated = Buffer.concat([mutated.subarray(0, at), mutated.subarray(random(at + 1))]).subarray(0, 600);
    else mutated[at] = [0, 1, 0x7f, 0x80, 0xfe, 0xff][random(6)]!;
  }
  return mutated;
}

/** The same numbers for the same seed, so that a fault can be met again. */
function xorshift(seed: number): (below: number) => number {
  let state = seed >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { examples } = await import('./test-support/specification-examples.ts');
  const seeds = examples.map(({ request, response }) => ({
    request: request.bytes,
    response: response.bytes,
    value: request.value,
  }));
  const [count = 1_000_000, seed = 1] = process.argv.slice(2).map(Number);
  const begin = performance.now();
  const result = fuzz(seeds, count, seed);
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  const megabytes = Math.round(process.memoryUsage().rss / 1e6);
  console.log(
    `${result.frames} frames in ${seconds} s: ${result.decoded} decoded, ${result.refused} refused, ${megabytes} MB`,
  );
}
