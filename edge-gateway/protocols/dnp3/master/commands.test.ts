/** Commands: done once or not at all, never late, never without the select, and honest about what is not known. */
import { describe, expect, it } from 'vitest';
import { readFragment } from '../application/fragment.ts';
import { functionCode } from '../application/function-codes.ts';
import { encodeFrame } from '../link/frame.ts';
import { FrameParser } from '../link/frame-parser.ts';
import { commandStatus } from '../objects/command-status.ts';
import type { OperateMode, ReceivedCommand } from '../outstation/control.ts';
import type { PointDefinition } from '../outstation/database.ts';
import { type PairOptions, type StationPair, stationPair } from '../testing/station-pair.ts';
import { Reassembler } from '../transport-function/segments.ts';
import { commandBody, type OutputCommand } from './commands.ts';

const points: PointDefinition[] = [{ kind: 'binary_output', index: 0, flags: 1 }];
const latchOn: OutputCommand = { kind: 'control', index: 0, operation: 'latch_on' };

interface Done {
  command: ReceivedCommand;
  mode: OperateMode;
}

async function ready(options: PairOptions & { status?: number } = {}): Promise<StationPair & { done: Done[] }> {
  const done: Done[] = [];
  const pair = stationPair({
    points,
    ...options,
    handler: {
      select: () => options.status ?? commandStatus.SUCCESS,
      operate: (command, mode) => {
        done.push({ command, mode });
        return options.status ?? commandStatus.SUCCESS;
      },
      ...options.handler,
    },
    master: { unsolicitedClasses: [], ...options.master },
  });
  pair.channel.start();
  await pair.clock.turn(500);
  expect(pair.station.state).toBe('online');
  return { ...pair, done };
}

/** Function codes of what a chunk holds. */
function functionsOf(chunk: Buffer): number[] {
  const found: number[] = [];
  const reassembler = new Reassembler();
  new FrameParser().push(chunk, ({ userData }) => {
    const fragment = reassembler.push(userData);
    if (fragment) found.push(readFragment(fragment).header.functionCode);
  });
  return found;
}

/** Lets nothing of this function through. */
const without = (code: number) => ({ deliver: (chunk: Buffer) => (functionsOf(chunk).includes(code) ? [] : [chunk]) });

describe('select before operate', () => {
  it('selects, operates and says so', async () => {
    const { station, clock, done } = await ready();
    const result = station.operate([latchOn]);
    await clock.settle();
    expect(await result).toEqual([{ outcome: 'success' }]);
    expect(done).toEqual([
      {
        command: {
          kind: 'control',
          index: 0,
          operation: 'latchOn',
          tripClose: 'nul',
          clear: false,
          count: 1,
          onMs: 100,
          offMs: 100,
        },
        mode: 'select_before_operate',
      },
    ]);
  });

  it('that is not selected is not operated', async () => {
    const { station, clock, done } = await ready({ status: commandStatus.LOCAL });
    const result = station.operate([latchOn]);
    await clock.settle();
    expect(await result).toEqual([{ outcome: 'refused', stage: 'select', status: 'LOCAL', reason: 'LOCAL' }]);
    expect(done).toEqual([]);
  });

  it('whose select is not answered is not sent, and is not tried again', async () => {
    const pair = await ready({ fromMaster: without(functionCode.select) });
    const result = pair.station.operate([latchOn]);
    await pair.clock.turn(20_000);
    expect(await result).toMatchObject([{ outcome: 'not_sent' }]);
    expect(pair.done).toEqual([]);
  });

  it('whose operate is not answered is unknown, and was done once at most', async () => {
    let isDeaf = false;
    const pair = await ready({
      fromOutstation: { deliver: (chunk) => (isDeaf ? [] : [chunk]) },
      handler: {
        operate: () => {
          isDeaf = true;
          pair.done.push({} as Done);
          return commandStatus.SUCCESS;
        },
      },
    });
    const result = pair.station.operate([latchOn]);
    await pair.clock.turn(60_000);
    expect(await result).toMatchObject([{ outcome: 'unknown' }]);
    expect(pair.done).toHaveLength(1);
  });

  it('that expires between select and operate is not operated', async () => {
    const pair = await ready({
      handler: {
        select: async () => {
          await pair.clock.turn(2_000);
          return commandStatus.SUCCESS;
        },
      },
    });
    const result = pair.station.operate([latchOn], { expiresAtMs: pair.clock.now() + 1_000 });
    await pair.clock.settle();
    await pair.clock.settle();
    expect(await result).toMatchObject([{ outcome: 'not_sent', reason: expect.stringContaining('expired') }]);
    expect(pair.done).toEqual([]);
  });

  it('that waited for its turn too long is not sent', async () => {
    const pair = await ready({
      handler: {
        operate: async (command, mode) => {
          pair.done.push({ command, mode });
          await pair.clock.turn(2_000);
          return commandStatus.SUCCESS;
        },
      },
    });
    const first = pair.station.operate([latchOn]);
    const second = pair.station.operate([latchOn], { expiresAtMs: pair.clock.now() + 1_000 });
    await pair.clock.settle();
    await pair.clock.settle();
    expect([await first, await second]).toMatchObject([[{ outcome: 'success' }], [{ outcome: 'not_sent' }]]);
    expect(pair.done).toHaveLength(1);
  });

  it('whose line is cut during the operate is unknown; while it is down nothing is sent', async () => {
    const pair = await ready({
      handler: {
        operate: async () => {
          pair.cut();
          return commandStatus.SUCCESS;
        },
      },
    });
    const result = pair.station.operate([latchOn]);
    await pair.clock.settle();
    expect(await result).toMatchObject([{ outcome: 'unknown' }]);
    const down = pair.station.operate([latchOn]);
    await pair.clock.settle();
    expect(await down).toMatchObject([{ outcome: 'not_sent' }]);
  });

  it('does not trust an echo that differs in a bit', async () => {
    const { station, clock, done } = await ready({
      fromOutstation: {
        deliver(chunk) {
          // Answers to the select only: the point's on-time comes back changed, behind a good CRC.
          if (chunk.length < 20 || !chunk.includes(Buffer.from('0c0117', 'hex'))) return [chunk];
          return [changed(chunk)];
        },
      },
    });
    const result = station.operate([latchOn]);
    await clock.settle();
    expect(await result).toMatchObject([{ outcome: 'refused', stage: 'select' }]);
    expect(done).toEqual([]);
  });
});

describe('direct operate', () => {
  it('is done at once, and without an answer only sent', async () => {
    const { station, clock, done } = await ready();
    const results = [
      station.operate([latchOn], { mode: 'direct_operate' }),
      station.operate([{ kind: 'set_point', index: 1, value: 2.5, as: 'float32' }], { mode: 'direct_operate_no_ack' }),
    ];
    await clock.settle();
    expect((await Promise.all(results)).flat()).toEqual([{ outcome: 'success' }, { outcome: 'sent' }]);
    expect(done.map(({ mode }) => mode)).toEqual(['direct_operate', 'direct_operate_no_ack']);
    expect(done[1]!.command).toEqual({ kind: 'set_point', index: 1, value: 2.5, variation: 3 });
  });

  it('delivered twice by the line is done once', async () => {
    const { station, clock, done } = await ready({ fromMaster: { deliver: (chunk) => [chunk, chunk] } });
    const result = station.operate([latchOn], { mode: 'direct_operate' });
    await clock.settle();
    expect(await result).toEqual([{ outcome: 'success' }]);
    expect(done).toHaveLength(1);
  });
});

describe('commands that cannot be sent as they are', () => {
  it.each([
    [{ kind: 'set_point', index: 0, value: 40_000, as: 'int16' }],
    [{ kind: 'set_point', index: 0, value: 1.5, as: 'int32' }],
    [{ kind: 'set_point', index: 0, value: 1e39, as: 'float32' }],
    [{ kind: 'control', index: 70_000, operation: 'latch_on' }],
    [{ kind: 'control', index: 0, operation: 'latch_on', count: 256 }],
    [{ kind: 'control', index: 0, operation: 'pulse_on', onMs: -1 }],
  ] as [OutputCommand][])('%j are refused before anything leaves', (command) => {
    expect(() => commandBody([command])).toThrow(expect.objectContaining({ code: 'invalid_argument' }));
  });
});

/** The same frame with another on-time in its control block. */
function changed(chunk: Buffer): Buffer {
  let result = chunk;
  new FrameParser().push(chunk, (frame) => {
    const userData = Buffer.from(frame.userData);
    const at = userData.indexOf(Buffer.from('0c0117', 'hex'));
    userData[at + 7] = 0x77;
    result = encodeFrame({ ...frame, userData });
  });
  return result;
}
