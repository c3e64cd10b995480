/**
 * Throws broken octets at everything that reads octets: frames changed at random, fragments changed at random behind
 * good CRCs, and the same at a living master and a living outstation. `node fuzz.ts 1000000 [seed]` does a million.
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { ByteChannel } from '../transport/byte-channel.ts';
import { readFragment } from './application/fragment.ts';
import { systemClock } from './clock.ts';
import { Dnp3Error } from './errors.ts';
import type { Recording } from './interop/recording.ts';
import { encodeFrame } from './link/frame.ts';
import { FrameParser } from './link/frame-parser.ts';
import { MasterChannel } from './master/master-channel.ts';
import { readContent } from './master/measurements.ts';
import { pointKinds } from './objects/registry.ts';
import { Outstation } from './outstation/outstation.ts';
import { Reassembler, Segmenter } from './transport-function/segments.ts';

export interface FuzzReport {
  count: number;
  seed: number;
  framesAccepted: number;
  fragmentsRead: number;
  fragmentsRefused: number;
  objectsRead: number;
  /** Octets the living stations said in return. */
  octetsAnswered: number;
  slowestMs: number;
  seconds: number;
  heapGrowthMb: number;
}

/** Small, seeded and good enough: a failure must come again (mulberry32). */
function random(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Recorded conversations, cut into the chunks they came in. */
function readCorpus(): { toMaster: Buffer[]; toOutstation: Buffer[] } {
  const folder = new URL('fixtures/', import.meta.url);
  const corpus = { toMaster: [] as Buffer[], toOutstation: [] as Buffer[] };
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.json'))) {
    const { steps } = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Recording;
    for (const [kind, content] of steps) {
      if (kind === '<') corpus.toMaster.push(Buffer.from(content, 'hex'));
      if (kind === '>') corpus.toOutstation.push(Buffer.from(content, 'hex'));
    }
  }
  return corpus;
}

/** A few changes: bits, octets, lengths that tempt, pieces cut out, repeated or put in from elsewhere. */
function mutate(original: Buffer, other: Buffer, pick: (below: number) => number): Buffer {
  let bytes = Buffer.from(original);
  for (let change = pick(4); change >= 0 && bytes.length > 0; change -= 1) {
    const at = pick(bytes.length);
    const length = 1 + pick(Math.min(16, bytes.length));
    const kind = pick(7);
    if (kind === 0) bytes[at] = bytes[at]! ^ (1 << pick(8));
    else if (kind === 1) bytes[at] = pick(256);
    else if (kind === 2) bytes[at] = [0x00, 0xff, 0x7f, 0x80, 0x05, 0x64, 0x28, 0x5b][pick(8)]!;
    else if (kind === 3) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
    else if (kind === 4) bytes = Buffer.concat([bytes, bytes.subarray(at, at + length)]);
    else if (kind === 5) bytes = bytes.subarray(0, at);
    else bytes = Buffer.concat([bytes.subarray(0, at), other.subarray(0, length), bytes.subarray(at)]);
  }
  return bytes;
}

/** The fragments within a chunk of whole frames. */
function fragmentsOf(chunk: Buffer): Buffer[] {
  const found: Buffer[] = [];
  const reassembler = new Reassembler();
  new FrameParser().push(chunk, ({ userData }) => {
    const fragment = userData.length > 0 && reassembler.push(userData);
    if (fragment) found.push(fragment);
  });
  return found;
}

/** A line without an other end: takes what is said, lets anything be heard. */
function openEnd(onSaid: (octets: number) => void): { channel: ByteChannel; hear: (bytes: Buffer) => void } {
  let listener: ((chunk: Buffer) => void) | undefined;
  const channel: ByteChannel = {
    name: 'open end',
    isOpen: true,
    write: async (bytes) => onSaid(bytes.length),
    onData: (taken) => {
      listener = taken;
    },
    onClose: () => {},
    close: () => {},
  };
  return { channel, hear: (bytes) => listener?.(bytes) };
}

export async function fuzz({ count, seed }: { count: number; seed: number }): Promise<FuzzReport> {
  const pick = random(seed);
  const corpus = readCorpus();
  const report = { framesAccepted: 0, fragmentsRead: 0, fragmentsRefused: 0, objectsRead: 0, octetsAnswered: 0 };
  const parser = new FrameParser();
  const reassembler = new Reassembler();

  const read = (fragment: Buffer): void => {
    try {
      const { blocks, problem } = readFragment(fragment);
      if (problem) report.fragmentsRefused += 1;
      else report.fragmentsRead += 1;
      report.objectsRead += blocks.reduce((sum, { objects }) => sum + objects.length, 0);
      readContent(blocks);
    } catch (error) {
      // The one error that reading may end with.
      if (!(error instanceof Dnp3Error) || error.code !== 'malformed') throw error;
      report.fragmentsRefused += 1;
    }
  };

  const said = (octets: number): void => {
    report.octetsAnswered += octets;
  };
  const [toMaster, toOutstation] = [openEnd(said), openEnd(said)];
  const points = pointKinds.flatMap((kind) =>
    Array.from({ length: 300 }, (_, index) => ({ kind, index, eventClass: 1 as const, flags: 1 })),
  );
  const outstation = new Outstation({ address: 10, points, keepAliveMs: 0 }, { restart: () => 0, operate: () => 0 });
  outstation.attach(toOutstation.channel);
  const master = new MasterChannel({ connect: async () => toMaster.channel, clock: systemClock });
  const handler = { measurements() {} };
  master.addOutstation({ address: 10, keepAliveMs: 0, responseTimeoutMs: 50, startUpRetryMs: 10 }, handler);
  master.start();

  const segmenters = [new Segmenter(), new Segmenter()];
  const heapBefore = process.memoryUsage().heapUsed;
  const startedAt = performance.now();
  let slowestMs = 0;
  for (let round = 0; round < count; round += 1) {
    const forMaster = round % 2 === 0;
    const chunks = forMaster ? corpus.toMaster : corpus.toOutstation;
    const [chunk, other] = [chunks[pick(chunks.length)]!, chunks[pick(chunks.length)]!];
    const began = performance.now();
    if (round % 4 < 2) {
      parser.push(mutate(chunk, other, pick), (frame) => {
        report.framesAccepted += 1;
        const fragment = reassembler.push(frame.userData);
        if (fragment) read(fragment);
      });
    } else {
      const fragments = fragmentsOf(chunk);
      const fragment = mutate(fragments[pick(fragments.length || 1)] ?? chunk, other, pick);
      read(fragment);
      const frames = segmenters[forMaster ? 0 : 1]!.segments(fragment).map((userData) =>
        encodeFrame({
          fromMaster: !forMaster,
          isPrimary: true,
          functionCode: 4,
          destination: forMaster ? 1 : 10,
          source: forMaster ? 10 : 1,
          userData,
        }),
      );
      (forMaster ? toMaster : toOutstation).hear(Buffer.concat(frames));
    }
    slowestMs = Math.max(slowestMs, performance.now() - began);
    // The living stations work when we pause.
    if (round % 32 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  const seconds = (performance.now() - startedAt) / 1000;
  await master.stop();
  outstation.detach();
  globalThis.gc?.();
  const heapGrowthMb = (process.memoryUsage().heapUsed - heapBefore) / 1e6;
  return { count, seed, ...report, slowestMs, seconds, heapGrowthMb };
}

if (import.meta.main) {
  const [count = '1000000', seed = String(Date.now() % 1_000_000)] = process.argv.slice(2);
  console.log(await fuzz({ count: Number(count), seed: Number(seed) }));
  process.exit(0);
}
