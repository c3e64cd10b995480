/** Cycles on a grid, and devices that do not answer. */
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../manual-clock.ts';
import { ScanSchedule } from './scan-schedule.ts';
import { UnitHealth } from './unit-health.ts';

describe('a schedule', () => {
  it('reads at once and then on a grid that does not drift', () => {
    const clock = new ManualClock();
    const times: number[] = [];
    const schedule = new ScanSchedule(
      [{ scanRateMs: 1000, read: async () => void times.push(clock.monotonicMs()) }],
      clock,
    );
    schedule.start();
    return clock.run(10_500).then(() => {
      schedule.stop();
      expect(times[0]).toBe(0);
      const grid = times.slice(1);
      expect(grid).toHaveLength(10);
      grid.forEach((time, index) => {
        expect(time).toBeCloseTo(grid[0]! + index * 1000, 6);
      });
      expect(clock.pendingTimers).toBe(0);
    });
  });

  it('spreads groups of one rate over the interval', async () => {
    const clock = new ManualClock();
    const firsts = new Map<number, number>();
    const groups = Array.from({ length: 5 }, (_, index) => ({
      scanRateMs: 1000,
      read: async () => {
        if (clock.monotonicMs() > 0 && !firsts.has(index)) firsts.set(index, clock.monotonicMs());
      },
    }));
    const schedule = new ScanSchedule(groups, clock);
    schedule.start();
    await clock.run(1100);
    schedule.stop();
    const sorted = [...firsts.values()].sort((a, b) => a - b);
    expect(sorted).toHaveLength(5);
    for (let index = 1; index < 5; index += 1) expect(sorted[index]! - sorted[index - 1]!).toBeGreaterThan(50);
  });

  it('never reads a group twice at once, and counts the cycles that fell out', async () => {
    const clock = new ManualClock();
    let running = 0;
    const schedule = new ScanSchedule(
      [
        {
          scanRateMs: 1000,
          read: () => {
            expect(running).toBe(0);
            running += 1;
            return new Promise<void>((resolve) => {
              clock.setTimer(() => {
                running -= 1;
                resolve();
              }, 2_500);
            });
          },
        },
      ],
      clock,
    );
    schedule.start();
    await clock.run(10_000, 10);
    schedule.stop();
    expect(schedule.missedCycles).toBeGreaterThanOrEqual(5);
    expect(schedule.cycles + schedule.missedCycles).toBeLessThanOrEqual(11);
  });
});

describe('a device that does not answer', () => {
  const health = () => new UnitHealth({ backOffMinMs: 2_000, backOffMaxMs: 8_000 });

  it('is degraded after one silence and left alone after two, ever longer', () => {
    const unit = health();
    expect(unit.failed(0)).toBe(true);
    expect([unit.state, unit.mode(0)]).toEqual(['degraded', 'ask']);
    unit.failed(0);
    expect([unit.state, unit.mode(1_999), unit.mode(2_000)]).toEqual(['offline', 'wait', 'probe']);
    unit.failed(2_000);
    expect([unit.mode(5_999), unit.mode(6_000)]).toEqual(['wait', 'probe']);
    for (let round = 0; round < 40; round += 1) unit.failed(10_000);
    expect([unit.mode(17_999), unit.mode(18_000)]).toEqual(['wait', 'probe']);
  });

  it('is asked as before once it answered', () => {
    const unit = health();
    for (let round = 0; round < 5; round += 1) unit.failed(0);
    expect(unit.succeeded()).toBe(true);
    expect([unit.state, unit.mode(0), unit.succeeded()]).toEqual(['online', 'ask', false]);
  });
});
