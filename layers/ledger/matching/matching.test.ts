import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findSum } from './find-sum.ts';
import { matchLines } from './match-lines.ts';
import { type OpenLine, sumOfLines, toCandidates } from './open-line.ts';
import { suggestLines } from './suggest-lines.ts';

const line = (id: string, minor: number, date = '2026-03-15', ...references: string[]): OpenLine => ({
  id,
  minor: BigInt(minor),
  date,
  references,
});

describe('matching', () => {
  it('goes by the document before it goes by the amount', () => {
    const ledger = [line('l1', 500, '2026-03-01', 'INV-1'), line('l2', 500, '2026-03-09', 'INV-2')];
    const external = [line('e1', 500, '2026-03-10', 'inv 1'), line('e2', 500, '2026-03-09')];
    expect(matchLines(ledger, external)).toEqual([
      { strategy: 'reference', ledger: ['l1'], external: ['e1'] },
      { strategy: 'amount_date', ledger: ['l2'], external: ['e2'] },
    ]);
  });

  it('pairs equal amounts with the nearest day, and leaves what is ambiguous', () => {
    const external = [line('e1', 700, '2026-03-15')];
    expect(matchLines([line('l1', 700, '2026-03-14'), line('l2', 700, '2026-03-12')], external)).toEqual([
      { strategy: 'amount_date', ledger: ['l1'], external: ['e1'] },
    ]);
    expect(matchLines([line('l1', 700, '2026-03-14'), line('l2', 700, '2026-03-17')], external)).toEqual([]);
    expect(matchLines([line('l1', 700, '2026-03-11')], external)).toEqual([]);
  });

  it('does not pair by amount what names another known document', () => {
    const ledger = [line('l1', 700, '2026-03-15', 'INV-1')];
    const external = [line('e1', 700, '2026-03-15', 'INV-2'), line('e2', 650, '2026-03-15', 'INV-1')];
    expect(matchLines(ledger, external)).toEqual([]);
    expect(suggestLines(ledger, external)).toEqual([
      { external: 'e2', ledger: 'l1', because: 'reference', difference: -50n },
      { external: 'e1', ledger: 'l1', because: 'amount', difference: 0n },
    ]);
  });

  it('finds the payments in a payout: of one batch, of one day, or the few that add up', () => {
    const batch = [line('a', 100, '2026-01-02', 'B-77'), line('b', -20, '2026-01-03', 'B-77')];
    expect(matchLines(batch, [line('x', 80, '2026-03-01', 'B-77')])).toEqual([
      { strategy: 'many_to_one', ledger: ['a', 'b'], external: ['x'] },
    ]);
    const day = Array.from({ length: 25 }, (_, i) => line(`d${i + 10}`, 100, '2026-03-14'));
    const [whole] = matchLines([...day, line('z', 100, '2026-03-15')], [line('x', 2500)]);
    expect(whole?.ledger).toHaveLength(25);
    expect(matchLines([line('a', 311), line('b', 173), line('c', 997)], [line('x', 484)])).toEqual([
      { strategy: 'many_to_one', ledger: ['a', 'b'], external: ['x'] },
    ]);
    expect(matchLines([line('x', -484)], [line('a', -311), line('b', -173), line('c', -997)])).toEqual([
      { strategy: 'one_to_many', ledger: ['x'], external: ['a', 'b'] },
    ]);
  });

  it('takes a payment and its reversal out together', () => {
    const lines = [line('a', 100, '2026-03-01', 'PAY-1'), line('b', -100, '2026-03-20', 'PAY-1'), line('c', -100)];
    expect(matchLines(lines, [])).toEqual([{ strategy: 'contra', ledger: ['a', 'b'], external: [] }]);
  });

  it('uses only the ways it is told to', () => {
    expect(matchLines([line('a', 1)], [line('b', 1)], { strategies: ['reference'] })).toEqual([]);
  });
});

describe('a sum', () => {
  const bounds = { maxLines: 6, maxSteps: 20_000 };

  it('is not guessed when two answers are possible', () => {
    expect(findSum(toCandidates([line('a', 5), line('b', 5), line('c', 7)]), 12n, bounds)).toEqual({ unsure: true });
  });

  it('is given up when the search is too long', () => {
    const many = toCandidates(Array.from({ length: 60 }, (_, i) => line(`l${i}`, 1000 + 2 * i)));
    expect(findSum(many, 10_001n, { maxLines: 40, maxSteps: 500 })).toEqual({ unsure: true });
  });
});

/** Small amounts and few references, so that collisions are common. */
const anyLine = fc.record({
  minor: fc.integer({ min: -30, max: 30 }).filter((minor) => minor !== 0),
  day: fc.integer({ min: 1, max: 9 }),
  references: fc.array(fc.constantFrom('R-100', 'R-200', 'R-300'), { maxLength: 2 }),
});
const side = (prefix: string) =>
  fc
    .array(anyLine, { maxLength: 25 })
    .map((lines) =>
      lines.map(({ minor, day, references }, i) => line(`${prefix}${i}`, minor, `2026-03-0${day}`, ...references)),
    );

describe('whatever the lines', () => {
  it('each is matched once at most, every group balances, and the order of arrival does not matter', () => {
    fc.assert(
      fc.property(
        fc.tuple(side('l'), side('e')).chain(([ledger, external]) =>
          fc.record({
            ledger: fc.constant(ledger),
            external: fc.constant(external),
            shuffled: fc.tuple(
              fc.shuffledSubarray(ledger, { minLength: ledger.length }),
              fc.shuffledSubarray(external, { minLength: external.length }),
            ),
          }),
        ),
        ({ ledger, external, shuffled }) => {
          const groups = matchLines(ledger, external);
          for (const [ids, lines] of [
            [groups.flatMap((group) => group.ledger), ledger],
            [groups.flatMap((group) => group.external), external],
          ] as const) {
            expect(new Set(ids).size).toBe(ids.length);
            expect(ids.every((id) => lines.some((one) => one.id === id))).toBe(true);
          }
          for (const group of groups) {
            const sum = (ids: string[], lines: OpenLine[]) => sumOfLines(lines.filter(({ id }) => ids.includes(id)));
            expect(sum(group.ledger, ledger)).toBe(sum(group.external, external));
          }
          expect(matchLines(...shuffled)).toEqual(groups);
        },
      ),
      { numRuns: 300 },
    );
  });
});
