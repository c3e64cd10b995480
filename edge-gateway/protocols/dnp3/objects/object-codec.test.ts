/** Objects: every variation goes out and comes back, qualifiers of every kind are read, sizes are never believed. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFragment } from '../application/fragment.ts';
import { RequestBody, requestFragment, responseFragment } from '../application/fragment-writer.ts';
import { ByteReader, ByteWriter } from '../byte-cursor.ts';
import { readContent } from '../master/measurements.ts';
import { commandStatusName } from './command-status.ts';
import { objectOctets, readObjects, writeObject } from './object-codec.ts';
import { flagNames } from './quality-flags.ts';
import { variations } from './registry.ts';

const control = { isFirst: true, isFinal: true, wantsConfirm: false, isUnsolicited: false, sequence: 0 };
const response = (hex: string) => readFragment(responseFragment(control, 129, 0, Buffer.from(hex, 'hex')));
const inRange = { qualifier: 0, prefix: { kind: 'none' }, range: { kind: 'count', count: 1 } } as const;

describe('every variation of fixed size', () => {
  const fixed = variations.filter(({ layout }) => layout.kind === 'fields');
  it.each(fixed)('$group.$variation $name comes back as the same octets', (variation) => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: objectOctets(variation), maxLength: objectOctets(variation) }),
        (octets) => {
          const [entry] = readObjects(new ByteReader(octets), { ...inRange, ...variation });
          const writer = new ByteWriter(64);
          writeObject(writer, variation, entry!.object);
          // Not-a-number has many spellings, and a float beyond its range is cut.
          const value = entry!.object.value;
          fc.pre(typeof value !== 'number' || Number.isFinite(value));
          expect(writer.written()).toEqual(Buffer.from(octets));
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('values beyond a variation', () => {
  it.each([
    [30, 2, 40_000, 32_767],
    [30, 2, -40_000, -32_768],
    [30, 1, 1e12, 2_147_483_647],
    [30, 2, Number.NaN, 0],
    [20, 2, -1, 0],
  ])('%i.%i cuts %d to %d', (group, variation, value, cut) => {
    const description = variations.find((entry) => entry.group === group && entry.variation === variation)!;
    const writer = new ByteWriter(16);
    writeObject(writer, description, { value, flags: 1 });
    const [entry] = readObjects(new ByteReader(writer.written()), { ...inRange, group, variation });
    expect(entry!.object.value).toBe(cut);
  });
});

describe('object headers', () => {
  it.each([
    ['1-octet range', '1e0200' + '0304' + '010100' + '010200', [3, 4]],
    ['2-octet range', '1e0201' + '0300' + '0400' + '010100' + '010200', [3, 4]],
    ['4-octet range', '1e0202' + '03000000' + '04000000' + '010100' + '010200', [3, 4]],
    ['1-octet count', '1e0207' + '02' + '010100' + '010200', [0, 1]],
    ['2-octet count', '1e0208' + '0200' + '010100' + '010200', [0, 1]],
    ['1-octet index', '1e0217' + '02' + '09' + '010100' + '07' + '010200', [9, 7]],
    ['2-octet index', '1e0228' + '0200' + '0901' + '010100' + '0700' + '010200', [265, 7]],
    ['4-octet index', '1e0239' + '02000000' + '09010000' + '010100' + '07000000' + '010200', [265, 7]],
  ])('%s', (_, hex, indices) => {
    const { blocks, problem } = response(hex);
    expect(problem).toBeUndefined();
    expect(blocks[0]!.objects.map(({ index, object }) => [index, object.value])).toEqual(
      indices.map((index, position) => [index, position + 1]),
    );
  });

  it('packed bits fill octets from the lowest bit', () => {
    const { blocks } = response('010100' + '0309' + '55' + '030100' + '0004' + 'e401');
    expect(blocks[0]!.objects.map(({ object }) => Number(object.value)).join('')).toBe('1010101');
    expect(blocks[1]!.objects.map(({ object }) => object.value)).toEqual([0, 1, 2, 3, 1]);
  });

  it.each([
    ['a range that runs backwards', '1e02000504'],
    ['a range longer than the fragment', '1e0201' + '0000' + 'ffff'],
    ['a count of four thousand million', '1e0209' + 'ffffffff'],
    ['packed objects without octets', '010101' + '0000' + 'ffff'],
    ['a reserved qualifier', '1e0276' + '00'],
    ['an index without a count', '1e0216'],
    ['an unknown object', '636307' + '01' + '00'],
    ['an octet string of no length', '6e0001' + '0000' + 'ffff'],
    ['half a header', '1e02'],
    ['half an object', '1e0207' + '01' + '0101'],
  ])('%s is refused', (_, hex) => {
    const fragment = response(hex);
    expect(fragment.problem).toMatchObject({ code: 'malformed' });
    expect(fragment.blocks).toEqual([]);
  });

  it('what stands before a problem is kept', () => {
    const fragment = response('1e0207' + '01' + '010500' + '636307' + '01');
    expect(fragment.blocks).toHaveLength(1);
    expect(fragment.problem).toBeDefined();
  });

  it('requests name points without objects', () => {
    const body = new RequestBody().header(60, 2).header(30, 0, { kind: 'range', start: 1, stop: 300 }).octets();
    const { blocks } = readFragment(requestFragment(1, 5, body));
    expect(body.toString('hex')).toBe('3c0206' + '1e00010100' + '2c01');
    expect(blocks.map(({ range }) => range)).toEqual([{ kind: 'all' }, { kind: 'range', start: 1, stop: 300 }]);
  });
});

describe('measurements', () => {
  const content = (hex: string) => readContent(response(hex).blocks).measurements;

  it('take relative times from the common time before them', () => {
    const [first, second] = content(
      '330107' + '01' + 'e80300000000' + '020317' + '02' + '0381' + '0500' + '0401' + 'ffff',
    );
    expect(first).toMatchObject({ index: 3, value: true, timeMs: 1005 });
    expect(second).toMatchObject({ index: 4, value: false, timeMs: 1000 + 65535 });
    expect(first!.isTimeUncertain).toBeUndefined();
  });

  it('mark times that count from an unsynchronized common time', () => {
    const [event] = content('330207' + '01' + 'e80300000000' + '020317' + '01' + '0381' + '0500');
    expect(event).toMatchObject({ timeMs: 1005, isTimeUncertain: true });
  });

  it('tell events from states and keep quality by name', () => {
    const [state, event] = content('1e0100' + '0000' + '61' + '05000000' + '160107' + '01' + '42' + '05000000');
    expect(state).toMatchObject({ kind: 'analog_input', isEvent: false });
    expect(flagNames('analog_input', state!.flags)).toEqual(['ONLINE', 'OVER_RANGE', 'REFERENCE_ERR']);
    expect(event).toMatchObject({ kind: 'counter', isEvent: true });
    expect(flagNames('counter', event!.flags)).toEqual(['RESTART', 'DISCONTINUITY']);
  });

  it('status codes have their names', () => {
    expect([0, 2, 7, 18, 126, 127, 55].map(commandStatusName)).toEqual([
      'SUCCESS',
      'NO_SELECT',
      'LOCAL',
      'DOWNSTREAM_FAIL',
      'NON_PARTICIPATING',
      'UNDEFINED',
      'RESERVED_55',
    ]);
  });
});
