import { describe, expect, it } from 'vitest';
import { runKillTest } from './kill-test.ts';

describe('a gateway killed with -9 in the middle of traffic', () => {
  it('loses no confirmed value, keeps order and time, and executes no command twice', async () => {
    const report = await runKillTest(15);
    expect(report.confirmed).toBeGreaterThan(15);
    expect(report).toMatchObject({ lost: [], wrongTimes: 0, outOfOrder: [], executedTwice: [], unanswered: [] });
  }, 180_000);
});
