/** Pages that an answer holds: nothing is left out, and nothing is too long. */
import { expect, it } from 'vitest';
import { asManyAsFit } from './as-many-as-fit.ts';

const big = 'x'.repeat(1_500_000);
const all = [big, 'a', big, big, 'b', big, big];
const readFrom = (start: number) => async (limit: number) => ({
  items: all.slice(start, start + limit),
  next: start + limit < all.length ? start + limit : null,
});

it('goes through a list of long rows in pages of at most four megabytes, none empty', async () => {
  const found: string[] = [];
  for (let start: number | null = 0; start !== null; ) {
    const page: Awaited<ReturnType<ReturnType<typeof readFrom>>> = await asManyAsFit(5, readFrom(start));
    expect(page.items.length).toBeGreaterThan(0);
    expect(JSON.stringify(page.items).length).toBeLessThan(4_000_000);
    found.push(...page.items);
    start = page.next;
  }
  expect(found).toEqual(all);
});

it('answers a row that is too long by itself all the same', async () => {
  const row = 'x'.repeat(5_000_000);
  expect((await asManyAsFit(5, async (limit) => ({ items: [row, row].slice(0, limit) }))).items).toHaveLength(1);
});
