/** A simulated meter for tests of this folder: it counts as a real one does, so whatever it shows is valid. */
import type { RegisterPoint } from '../advance.ts';
import type { MeterState, RegisterSegment } from '../meter-state.ts';
import { modulusOf } from '../register.ts';

export const quarterMs = 15 * 60_000;
export const testStart = Date.UTC(2026, 0, 1);

export function testSegment(changes: Partial<RegisterSegment> = {}): RegisterSegment {
  return {
    from: testStart,
    serial: 'M-1',
    digits: 6,
    decimals: 2,
    startRegister: 0,
    maxKw: 20,
    multiplier: 1,
    maxVoltage: 1000,
    maxCurrent: 600,
    ...changes,
  };
}

export function testState(
  segments: RegisterSegment[] = [testSegment()],
  changes: Partial<MeterState> = {},
): MeterState {
  return {
    meterId: 'M-1',
    status: 'connected',
    segments,
    assignments: [{ stationId: 'ST-1', from: 0 }],
    ...changes,
  };
}

/**
 * The readings of a segment with the given powers, one step of `stepMs` each; the display cuts off what it has no
 * digits for.
 */
export function countReadings(
  segment: RegisterSegment,
  powersKw: readonly number[],
  stepMs = quarterMs,
): RegisterPoint[] {
  let exact = segment.startRegister ?? 0;
  const step = 10 ** (6 - segment.decimals);
  return powersKw.map((kw, i) => {
    exact += (kw * stepMs) / 3.6 / segment.multiplier;
    return {
      time: segment.from + (i + 1) * stepMs,
      register: (Math.floor(exact / step) * step) % modulusOf(segment.digits),
    };
  });
}
