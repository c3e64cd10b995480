/**
 * How far the clocks can be trusted: our own against the platform's and against itself (a jump of the wall clock that
 * the monotonic clock did not make), and those of devices as their drivers learn them.
 */
import type { Clock } from './clock.ts';

export interface ClockWatch {
  /** Call it every second or so. @returns a jump of the wall clock since the last call, milliseconds */
  tick(): number;
  /** A question was answered: when it was asked (monotonic), and the platform's time in the answer. */
  platformAnswered(askedMonotonicMs: number, platformMs: number): void;
  device(reading: { deviceId: string; offsetMs: number }): void;
  /** Commands are not executed by a clock that is known to be wrong. */
  isTrusted(maxOffsetMs: number): boolean;
  offset(): { offsetMs: number | null; source: 'platform' | 'none' };
  devicesOff(maxOffsetMs: number): { deviceId: string; offsetMs: number }[];
  readonly jumps: number;
}

const jumpMs = 1_000;
/** An answer that took longer says too little of the time. */
const longestRoundTripMs = 5_000;
const maxDevices = 5_000;
/** Platform's time in messages through queues is late by so much at times. */
const believedForMs = 6 * 3_600_000;

export function createClockWatch(clock: Clock): ClockWatch {
  let lastMs = clock.now();
  let lastMonotonicMs = clock.monotonicMs();
  let measured: { offsetMs: number; atMonotonicMs: number } | undefined;
  let jumps = 0;
  const devices = new Map<string, number>();
  const known = (): { offsetMs: number } | undefined =>
    measured && clock.monotonicMs() - measured.atMonotonicMs < believedForMs ? measured : undefined;
  return {
    tick() {
      const nowMs = clock.now();
      const monotonicMs = clock.monotonicMs();
      const jump = nowMs - lastMs - (monotonicMs - lastMonotonicMs);
      lastMs = nowMs;
      lastMonotonicMs = monotonicMs;
      if (Math.abs(jump) < jumpMs) return 0;
      jumps++;
      if (measured) measured.offsetMs += jump;
      return Math.round(jump);
    },
    platformAnswered(askedMonotonicMs, platformMs) {
      const roundTripMs = clock.monotonicMs() - askedMonotonicMs;
      if (roundTripMs < 0 || roundTripMs > longestRoundTripMs) return;
      const offsetMs = Math.round(clock.now() - (platformMs + roundTripMs / 2));
      // What the way may have cost is no error of ours.
      const certain = Math.sign(offsetMs) * Math.max(0, Math.abs(offsetMs) - roundTripMs / 2);
      measured = { offsetMs: Math.round(certain), atMonotonicMs: clock.monotonicMs() };
    },
    device({ deviceId, offsetMs }) {
      if (devices.size < maxDevices || devices.has(deviceId)) devices.set(deviceId, Math.round(offsetMs));
    },
    isTrusted: (maxOffsetMs) => Math.abs(known()?.offsetMs ?? 0) <= maxOffsetMs,
    offset: () => ({ offsetMs: known()?.offsetMs ?? null, source: known() ? 'platform' : 'none' }),
    devicesOff: (maxOffsetMs) =>
      [...devices]
        .filter(([, offsetMs]) => Math.abs(offsetMs) > maxOffsetMs)
        .slice(0, 100)
        .map(([deviceId, offsetMs]) => ({ deviceId, offsetMs })),
    get jumps() {
      return jumps;
    },
  };
}
