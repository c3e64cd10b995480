import { describe, expect, it } from 'vitest';
import { crossedThreshold } from './judge-threshold.ts';

const period = 300_000;
const end = 10 * period;
const series = (values: (number | undefined)[]) =>
  values.flatMap((value, i) => (value === undefined ? [] : [{ atMs: end - (values.length - i) * period, value }]));
const crossed = (values: (number | undefined)[], operator: '>' | '<' = '>', periods = 2) =>
  crossedThreshold(series(values), { operator, value: 5, periods }, period, end);

describe('a threshold', () => {
  it('is crossed when all of the newest periods lie beyond it', () => {
    expect(crossed([1, 6, 7])).toBe(7);
    expect(crossed([6, 7, 5])).toBeUndefined();
    expect(crossed([6, 1, 7])).toBeUndefined();
    expect(crossed([9, 4, 3], '<')).toBe(3);
  });

  it('is not crossed by silence', () => {
    expect(crossed([6, 7, undefined])).toBeUndefined();
    expect(crossed([7, undefined, 7])).toBeUndefined();
    expect(crossed([])).toBeUndefined();
  });
});
