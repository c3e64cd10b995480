/** What the driver learns from measured times, with devices of known behaviour. */
import { describe, expect, it } from 'vitest';
import { BatchTuner } from './batch-tuner.ts';
import { RequestCost } from './request-cost.ts';

describe('the cost of requests', () => {
  it('is found from times, and with it the gap that pays', () => {
    const cost = new RequestCost();
    // A serial line at 9,600 baud: 30 ms per request, 2.3 ms per register.
    for (let index = 0; index < 50; index += 1) cost.record(5 + (index % 40), 30 + 2.3 * (5 + (index % 40)));
    expect(cost.coefficients!.perRequestMs).toBeCloseTo(30, 3);
    expect(cost.coefficients!.perRegisterMs).toBeCloseTo(2.3, 3);
    expect(cost.bestGap(16, 64)).toBe(13);
  });

  it('makes gaps free where registers are', () => {
    const cost = new RequestCost();
    for (let index = 0; index < 50; index += 1) cost.record(1 + index, 20);
    expect(cost.bestGap(16, 64)).toBe(64);
  });

  it('is not guessed from requests of one size, or few', () => {
    const cost = new RequestCost();
    for (let index = 0; index < 5; index += 1) cost.record(index * 10, 10);
    expect(cost.bestGap(16, 64)).toBe(16);
    const same = new RequestCost();
    for (let index = 0; index < 50; index += 1) same.record(10, 10 + index);
    expect(same.coefficients).toBeUndefined();
  });

  it('follows a line that has changed', () => {
    const cost = new RequestCost();
    for (let index = 0; index < 300; index += 1) cost.record(index % 50, 5 + (index % 50));
    for (let index = 0; index < 900; index += 1) cost.record(index % 50, 100 + (index % 50));
    expect(cost.coefficients!.perRequestMs).toBeGreaterThan(95);
  });
});

describe('the batch size', () => {
  /** Runs cycles over 500 registers of a device with the given time per request. */
  const settle = (tuner: BatchTuner, requestMs: (registers: number) => number, busyShare = 0.1): number => {
    for (let cycle = 0; cycle < 100 && !tuner.isSettled; cycle += 1) {
      let spentMs = 0;
      for (let left = 500; left > 0; left -= tuner.size) {
        const registers = Math.min(tuner.size, left);
        spentMs += requestMs(registers);
        tuner.recordRequest(registers, requestMs(registers));
      }
      // A cold start is slow whatever the size.
      tuner.recordCycle(500, cycle < 2 ? spentMs * 5 : spentMs, busyShare);
    }
    expect(tuner.isSettled).toBe(true);
    return tuner.size;
  };

  it('stays at the device’s limit where larger is quicker', () => {
    expect(settle(new BatchTuner(125, 64), (registers) => 10 + registers * 0.1)).toBe(125);
    expect(settle(new BatchTuner(60, 64), (registers) => 10 + registers * 0.1)).toBe(60);
  });

  it('comes down to a buffer’s size where the device slows down beyond it', () => {
    expect(settle(new BatchTuner(125, 64), (registers) => (registers > 40 ? 200 : 5 + registers * 0.1))).toBe(31);
  });

  it('is not tried out on a device that is busy most of the time', () => {
    expect(settle(new BatchTuner(125, 64), (registers) => (registers > 40 ? 200 : 5), 0.8)).toBe(125);
  });

  it('comes down at once when the device refuses, and is measured anew', () => {
    const tuner = new BatchTuner(125, 64);
    const before = tuner.version;
    tuner.limitTo(63);
    expect(tuner.size).toBe(63);
    expect(tuner.version).not.toBe(before);
    expect(settle(tuner, (registers) => 10 + registers * 0.1)).toBe(63);
  });
});
