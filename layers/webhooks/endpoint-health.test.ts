import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  afterOutcomes,
  disablePolicy,
  disableReason,
  type EndpointHealth,
  healthy,
  type OutcomeTally,
} from './endpoint-health.ts';

const start = Date.UTC(2026, 0, 1);
const failure: OutcomeTally = { successes: 0, failures: 1, exhausted: 0, gone: false };

describe('endpoint health', () => {
  it('disables after three days of nothing but failures', () => {
    let health = healthy;
    for (let i = 0; i < 10; i++) health = afterOutcomes(health, failure, start + i * 1000);
    expect(disableReason(health, false, start + disablePolicy.failingForMs - 1)).toBeUndefined();
    expect(disableReason(health, false, start + disablePolicy.failingForMs)).toBe('failing_for_days');
  });

  it('does not disable a quiet endpoint for one old failure', () => {
    const health = afterOutcomes(healthy, failure, start);
    expect(disableReason(health, false, start + 30 * 86_400_000)).toBeUndefined();
  });

  it('disables after many messages given up, but not within the first hour', () => {
    const health = afterOutcomes(healthy, { ...failure, failures: 400, exhausted: 100 }, start);
    expect(disableReason(health, false, start + 3_599_999)).toBeUndefined();
    expect(disableReason(health, false, start + 3_600_000)).toBe('messages_exhausted');
  });

  it('disables at once when the receiver says it is gone', () => {
    expect(disableReason(healthy, true, start)).toBe('gone');
  });

  it('holds its invariants over any sequence of outcomes', () => {
    const tally = fc.record({
      afterMs: fc.integer({ min: 0, max: 86_400_000 }),
      successes: fc.integer({ min: 0, max: 2 }),
      failures: fc.integer({ min: 0, max: 50 }),
      exhaustedShare: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(tally, { maxLength: 60 }), (steps) => {
        let health: EndpointHealth = healthy;
        let nowMs = start;
        let firstFailureMs: number | undefined;
        let failures = 0;
        for (const step of steps) {
          nowMs += step.afterMs;
          const exhausted = Math.floor(step.failures * step.exhaustedShare);
          health = afterOutcomes(health, { ...step, exhausted, gone: false }, nowMs);
          if (step.successes > 0) {
            firstFailureMs = undefined;
            failures = 0;
          } else if (step.failures > 0) {
            firstFailureMs ??= nowMs;
            failures += step.failures;
          }
          // A model that remembers the whole story agrees with the counters.
          expect(health.consecutiveFailures).toBe(failures);
          expect(health.failingSinceMs).toBe(firstFailureMs);
          expect(health.exhaustedInARow).toBeLessThanOrEqual(health.consecutiveFailures);
          if (step.successes > 0) expect(disableReason(health, false, nowMs)).toBeUndefined();
          const reason = disableReason(health, false, nowMs);
          if (reason) expect(nowMs - firstFailureMs!).toBeGreaterThanOrEqual(disablePolicy.exhaustedForMs);
        }
      }),
    );
  });
});
