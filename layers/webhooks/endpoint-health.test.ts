import { describe, expect, it } from 'vitest';
import { disablePolicy, disableReason, type EndpointHealth } from './endpoint-health.ts';

const start = Date.UTC(2026, 0, 1);
const failing = (changes: Partial<EndpointHealth> = {}): EndpointHealth => ({
  consecutiveFailures: 10,
  exhaustedInARow: 0,
  failingSinceMs: start,
  ...changes,
});

describe('disableReason', () => {
  it('disables after three days of nothing but failures', () => {
    expect(disableReason(failing(), false, start + disablePolicy.failingForMs - 1)).toBeUndefined();
    expect(disableReason(failing(), false, start + disablePolicy.failingForMs)).toBe('failing_for_days');
  });

  it('does not disable a quiet endpoint for a few failures', () => {
    const health = failing({ consecutiveFailures: disablePolicy.minimumFailures - 1 });
    expect(disableReason(health, false, start + 30 * 86_400_000)).toBeUndefined();
  });

  it('disables after many messages given up, but not within the first hour', () => {
    const health = failing({ consecutiveFailures: 400, exhaustedInARow: 100 });
    expect(disableReason(health, false, start + 3_599_999)).toBeUndefined();
    expect(disableReason(health, false, start + 3_600_000)).toBe('messages_exhausted');
  });

  it('disables at once when the receiver says it is gone, healthy as it may be', () => {
    const healthy = { consecutiveFailures: 0, exhaustedInARow: 0, failingSinceMs: undefined };
    expect(disableReason(healthy, true, start)).toBe('gone');
    expect(disableReason(healthy, false, start)).toBeUndefined();
  });
});
