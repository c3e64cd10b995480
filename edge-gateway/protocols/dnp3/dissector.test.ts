/** Wireshark's dissector reads what we say: conversations of our own master and outstation, without a complaint. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pointKinds } from './objects/registry.ts';
import type { PointDefinition } from './outstation/database.ts';
import { capture, type Packet } from './testing/packet-capture.ts';
import { hasProgram } from './testing/programs.ts';
import { stationPair } from './testing/station-pair.ts';

const run = promisify(execFile);
const canDissect = hasProgram('tshark', 'tshark');

const kinds = pointKinds.filter((kind) => !kind.startsWith('frozen_analog'));
const points: PointDefinition[] = kinds.flatMap((kind) =>
  [0, 1, 2].map((index) => ({
    kind,
    index,
    eventClass: (kind.endsWith('input') ? 1 : 3) as 1 | 3,
    flags: 1,
    ...(kind === 'octet_string' && { value: Buffer.from('bay') }),
    ...(kind === 'binary_input' && index === 1 && { eventVariation: 3, staticVariation: 1 }),
  })),
);

/** A conversation with most of what we can say, as packets in order. */
async function conversation(): Promise<Packet[]> {
  const packets: Packet[] = [];
  const note = (fromMaster: boolean) => ({
    deliver(bytes: Buffer) {
      packets.push({ fromMaster, bytes });
      return [bytes];
    },
  });
  const pair = stationPair({
    points,
    fromMaster: note(true),
    fromOutstation: note(false),
    outstation: { needsTime: true, maxSentOctets: 400 },
    handler: { select: () => 0, operate: () => 0, restart: () => 500 },
  });
  pair.channel.start();
  await pair.clock.turn(1_000);
  for (const kind of kinds)
    for (const index of [0, 1, 2])
      pair.outstation.update(
        kind,
        index,
        kind.startsWith('binary') ? true : kind === 'octet_string' ? Buffer.from('open') : 2,
      );
  const { station } = pair;
  const asked = [
    station.operate([{ kind: 'control', index: 1, operation: 'pulse_on', tripClose: 'trip' }]),
    station.operate([{ kind: 'set_point', index: 1, value: 1.5, as: 'float32' }], { mode: 'direct_operate' }),
    station.freeze([{ group: 20, variation: 0 }], { clear: true }),
    station.assignClass(2, [{ group: 30, variation: 0 }]),
    station.writeDeadBands(3, [{ index: 0, value: 2 }]),
    station.measureDelay(),
    station.synchronizeTime('non_lan'),
    station.readClockOffset(),
    station.eventPoll(),
    station.restart('warm'),
  ];
  await pair.clock.turn(5_000);
  await Promise.all(asked);
  await pair.channel.stop();
  return packets;
}

describe.skipIf(!canDissect)('tshark', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dnp3-capture-'));
  let fields: string[][];
  let everything: string;

  beforeAll(async () => {
    const file = join(folder, 'conversation.pcap');
    writeFileSync(file, capture(await conversation()));
    const names = [
      'dnp3.al.func',
      'dnp3.al.obj',
      'dnp.hdr.CRC.status',
      'dnp.data_chunk.CRC.status',
      '_ws.malformed',
      '_ws.expert.message',
    ];
    const options = ['-r', file, '-T', 'fields', '-E', 'separator=;', ...names.flatMap((name) => ['-e', name])];
    const { stdout } = await run('tshark', options, { maxBuffer: 1e8 });
    fields = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(';'));
    everything = (await run('tshark', ['-r', file, '-V'], { maxBuffer: 1e8 })).stdout;
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('finds every check sum good and nothing malformed', () => {
    expect(fields.length).toBeGreaterThan(30);
    expect(everything).not.toMatch(/incorrect|Malformed|\[Bad/i);
    for (const [, , header] of fields) expect(header).not.toMatch(/0|Bad/);
    expect(fields.flatMap(([, , , , malformed]) => malformed).filter(Boolean)).toEqual([]);
  });

  it('names functions and objects as we meant them', () => {
    const functions = new Set(fields.flatMap(([code]) => code!.split(',')).map(Number));
    for (const code of [0, 1, 2, 3, 4, 5, 9, 14, 20, 21, 22, 23, 24, 129, 130]) expect(functions).toContain(code);
    for (const phrase of [
      'Binary Input Change With Relative Time (Obj:02, Var:03)',
      'Control Relay Output Block (Obj:12, Var:01)',
      'Time and Date CTO (Obj:51, Var:01)',
      'Class 1 Data',
      'Double-bit Input',
      'Frozen Counter',
      'Octet String',
    ])
      expect(everything).toContain(phrase);
  });
});
