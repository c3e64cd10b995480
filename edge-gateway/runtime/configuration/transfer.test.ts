import { describe, expect, it } from 'vitest';
import { parseStationConfiguration } from '../../../layers/station/check-configuration.ts';
import { exampleConfiguration } from '../../../layers/station/example-configuration.ts';
import { type ConfigDownMessage, packConfiguration, partOf } from '../../../layers/station/messages.ts';
import { ManualClock } from '../../drivers/manual-clock.ts';
import { createTransfer } from './transfer.ts';

/** A configuration of several parts. */
function large(version: number) {
  const configuration = parseStationConfiguration({ ...exampleConfiguration, version });
  const [point] = configuration.points;
  const noise = (): string => Array.from({ length: 8 }, () => Math.random().toString(36).slice(2)).join('');
  configuration.points = Array.from({ length: 4_000 }, (_, i) => ({ ...point!, id: `p${i}`, name: noise() }));
  return { configuration, packed: packConfiguration(configuration) };
}
type Announce = Extract<ConfigDownMessage, { type: 'announce' }>;
type Part = Extract<ConfigDownMessage, { type: 'part' }>;
const announceOf = ({ packed }: ReturnType<typeof large>): Announce => ({
  type: 'announce',
  version: packed.version,
  sha256: packed.sha256,
  parts: packed.parts,
  timeMs: 0,
});

function open() {
  const clock = new ManualClock();
  const asked: [number, number][] = [];
  const done: unknown[] = [];
  const failed: string[] = [];
  const transfer = createTransfer({
    clock,
    ask: (version, part) => asked.push([version, part]),
    done: (_, document) => done.push(document),
    failed: (_, reason) => failed.push(reason),
  });
  return { clock, asked, done, failed, transfer };
}

describe('a transfer', () => {
  it('asks part by part, again for what does not come, and puts it together', () => {
    const { clock, asked, done, transfer } = open();
    const given = large(2);
    expect(given.packed.parts).toBeGreaterThan(2);
    transfer.announce(announceOf(given));
    clock.advance(20_000);
    expect(asked).toEqual([
      [2, 1],
      [2, 1],
    ]);
    for (let part = 1; part <= given.packed.parts; part++) {
      const message = partOf(given.packed, part) as Part;
      transfer.part(message);
      transfer.part(message);
    }
    expect(done).toEqual([given.configuration]);
    expect(asked.map(([, part]) => part)).toEqual([1, ...Array.from({ length: given.packed.parts }, (_, i) => i + 1)]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('is given up when a part never comes, or when it arrives damaged', () => {
    const { clock, failed, transfer } = open();
    const given = large(2);
    transfer.announce(announceOf(given));
    clock.advance(200_000);
    expect(failed).toEqual(['part 1 did not come after 5 requests']);
    transfer.announce({ ...announceOf(given), sha256: '0'.repeat(64) });
    for (let part = 1; part <= given.packed.parts; part++) transfer.part(partOf(given.packed, part) as Part);
    expect(failed.at(-1)).toBe('The configuration arrived damaged.');
  });

  it('of a newer version takes the place of an older one, whose parts count no more', () => {
    const { asked, done, transfer } = open();
    const [older, newer] = [large(2), large(3)];
    transfer.announce(announceOf(older));
    transfer.announce(announceOf(newer));
    transfer.announce(announceOf(older));
    transfer.part(partOf(older.packed, 1) as Part);
    expect(asked).toEqual([
      [2, 1],
      [3, 1],
    ]);
    for (let part = 1; part <= newer.packed.parts; part++) transfer.part(partOf(newer.packed, part) as Part);
    expect(done).toEqual([newer.configuration]);
  });
});
