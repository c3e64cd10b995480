/** Segments: any fragment goes through, nothing half or mixed comes out. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Reassembler, Segmenter } from './segments.ts';

const through = (reassembler: Reassembler, segments: Buffer[]): string[] =>
  segments.flatMap((segment) => reassembler.push(segment)?.toString('hex') ?? []);

describe('the transport function', () => {
  it('carries every fragment, one after another', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 2048 }), { maxLength: 8 }), (fragments) => {
        const [segmenter, reassembler] = [new Segmenter(), new Reassembler()];
        const got = fragments.flatMap((fragment) => through(reassembler, segmenter.segments(fragment)));
        expect(got).toEqual(fragments.map((fragment) => Buffer.from(fragment).toString('hex')));
      }),
    );
  });

  const three = (): Buffer[] => new Segmenter().segments(Buffer.alloc(600, 7));
  const whole = Buffer.alloc(600, 7).toString('hex');

  it('bears a segment repeated', () => {
    const [a, b, c] = three();
    const reassembler = new Reassembler();
    expect(through(reassembler, [a!, a!, b!, b!, c!])).toEqual([whole]);
    expect(reassembler.statistics.repeated).toBe(1);
  });

  it('gives up a fragment with a segment missing, and takes the next', () => {
    const [a, b, c] = three();
    const reassembler = new Reassembler();
    expect(through(reassembler, [a!, c!, b!])).toEqual([]);
    expect(through(reassembler, three())).toEqual([whole]);
  });

  it('drops what begins in the middle, and begins anew with every first segment', () => {
    const [a, b, c] = three();
    expect(through(new Reassembler(), [b!, c!])).toEqual([]);
    expect(through(new Reassembler(), [a!, b!, a!, b!, c!])).toEqual([whole]);
  });

  it('never keeps more than the longest fragment', () => {
    const reassembler = new Reassembler(2048);
    expect(through(reassembler, new Segmenter().segments(Buffer.alloc(2049)))).toEqual([]);
    expect(reassembler.statistics.tooLong).toBe(1);
    expect(through(reassembler, new Segmenter().segments(Buffer.alloc(2048)))).toHaveLength(1);
  });
});
