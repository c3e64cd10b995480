import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { connectionCost, costTable, estimateCosts } from './estimate-costs.ts';

const total = (meters: number): number => estimateCosts(meters).reduce((sum, { usd }) => sum + usd, 0);

describe('the estimate of costs', () => {
  it('is what the documentation shows', () => {
    const page = readFileSync(join(import.meta.dirname, '../docs/deploy.md'), 'utf8');
    expect(page).toContain(costTable());
  });

  it('keeps ingest of a million meters every 15 minutes below 2 USD per million readings', () => {
    expect(total(1_000_000) / 2_880).toBeLessThan(2);
  });

  it('grows with the fleet, except for what is fixed', () => {
    const fixed = estimateCosts(1_000).at(-1)!.usd;
    expect((total(100_000) - fixed) / (total(1_000) - fixed)).toBeCloseTo(100);
  });

  it('counts a connection of a month as 43,200 minutes', () => {
    expect(connectionCost(1_000)).toBeCloseTo(43.2 * 0.08);
  });
});
