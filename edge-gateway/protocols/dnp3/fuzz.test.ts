/** A short run of what `node fuzz.ts 1000000` does at length. */
import { expect, it } from 'vitest';
import { fuzz } from './fuzz.ts';

it('a hundred thousand broken frames and fragments: no crash, no hang, no growth', async () => {
  const report = await fuzz({ count: 100_000, seed: 20_260_101 });
  expect(report.framesAccepted).toBeGreaterThan(1_000);
  expect(report.fragmentsRead).toBeGreaterThan(1_000);
  expect(report.fragmentsRefused).toBeGreaterThan(1_000);
  expect(report.octetsAnswered).toBeGreaterThan(10_000);
  expect(report.slowestMs).toBeLessThan(1_000);
  expect(report.heapGrowthMb).toBeLessThan(150);
});
