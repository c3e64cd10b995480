/**
 * Feeds mutated frames of recorded exchanges through every layer, from TPKT to reports and controls, and to a server with
 * an open association. Whatever comes, the answer is an error of the protocol: no crash, no hang, no memory that grows.
 *
 *     node edge-gateway/protocols/iec61850/fuzz.ts [frames, 1000000] [seed, 1]
 */
import { readdirSync, readFileSync } from 'node:fs';
import { Reassembly } from './cotp/segmentation.ts';
import { decodeTpdu, encodeData } from './cotp/tpdu.ts';
import { Iec61850Error } from './errors.ts';
import { decodeMms, decodeTsdu } from './testing/decode-all.ts';
import type { Exchange } from './testing/exchange.ts';
import { mutate, type Random, seeded } from './testing/mutations.ts';
import { TpktFramer, tpkt } from './tpkt.ts';

export interface FuzzResult {
  frames: number;
  /** Frames that were understood whole in spite of the damage. */
  understood: number;
  refused: number;
  slowestMs: number;
  heapGrowthMb: number;
}

const fixtures = new URL('fixtures/', import.meta.url);

/** TPDUs of all recordings. */
export function corpus(): Buffer[] {
  const names = readdirSync(fixtures).filter((name) => name.endsWith('.json'));
  return names.flatMap((name) => {
    const { exchange } = JSON.parse(readFileSync(new URL(name, fixtures), 'utf8')) as { exchange: Exchange };
    const framers = { client: new TpktFramer(), server: new TpktFramer() };
    return exchange.flatMap(([side, hex]) => [...framers[side].push(Buffer.from(hex, 'hex'))]);
  });
}

/** Where the MMS PDU begins in a data TPDU: behind session, presentation and the context; undefined when there is none. */
function mmsOf(tpdu: Buffer): Buffer | undefined {
  const at = tpdu.indexOf(Buffer.from([0x02, 0x01, 0x03]));
  if (at < 0 || at > 32 || tpdu[at + 3] !== 0xa0) return undefined;
  const length = tpdu[at + 4]!;
  return tpdu.subarray(at + 5 + (length > 0x80 ? length - 0x80 : 0));
}

/** @throws what is no error of the protocol, with the frame that did it */
export function fuzz(frames: number, seed: number): FuzzResult {
  const random = seeded(seed);
  const tpdus = corpus();
  const pick = (): Buffer => tpdus[Math.floor(random() * tpdus.length)]!;
  const result: FuzzResult = { frames, understood: 0, refused: 0, slowestMs: 0, heapGrowthMb: 0 };
  const heapBefore = process.memoryUsage().heapUsed;
  for (let count = 0; count < frames; count++) {
    const original = pick();
    const inner = random() < 0.5 ? mmsOf(original) : undefined;
    const mutated = mutate(inner ?? original, random, pick());
    const startedMs = performance.now();
    try {
      if (inner) decodeMms(mutated);
      else decodeLine(mutated, random);
      result.understood++;
    } catch (error) {
      if (!(error instanceof Iec61850Error)) {
        throw new Error(`seed ${seed}, frame ${count}: ${mutated.toString('hex')}`, { cause: error });
      }
      result.refused++;
    }
    result.slowestMs = Math.max(result.slowestMs, performance.now() - startedMs);
  }
  result.heapGrowthMb = (process.memoryUsage().heapUsed - heapBefore) / 2 ** 20;
  return result;
}

/** As the transport does it: pieces of packets, segments, then the layers above. */
function decodeLine(tpdu: Buffer, random: Random): void {
  const packet = tpkt(tpdu.subarray(0, 60_000));
  // At times the damage is to the packet itself.
  if (random() < 0.1) packet[Math.floor(random() * 4)]! ^= 1 << Math.floor(random() * 8);
  const framer = new TpktFramer();
  const reassembly = new Reassembly(1 << 20);
  const cut = Math.floor(random() * packet.length);
  for (const piece of [packet.subarray(0, cut), packet.subarray(cut), tpkt(encodeData(Buffer.alloc(1), true))]) {
    for (const payload of framer.push(piece)) {
      const decoded = decodeTpdu(payload);
      const tsdu = decoded.kind === 'data' ? reassembly.push(decoded.payload, decoded.isLast) : undefined;
      if (tsdu && tsdu.length > 1) decodeTsdu(tsdu);
    }
  }
}

if (import.meta.main) {
  const frames = Number(process.argv[2] ?? 1_000_000);
  const startedMs = performance.now();
  console.log(fuzz(frames, Number(process.argv[3] ?? 1)), `${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
}
