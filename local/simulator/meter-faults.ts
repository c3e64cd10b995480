/**
 * How meters go wrong. A share of the fleet has each fault; what it does and when follows from the meter's
 * seed. Downstream must survive all of them without losing or inventing consumption.
 */
import { startOfDay } from './calendar.ts';
import { uniform } from './random.ts';

export type MeterFault =
  /** Counts 2 % of a day's energy too much, more each day. */
  | 'drift'
  /** Once a day the register leaps by 50 to 500 kWh. */
  | 'jump'
  /** Once a day sends nothing for one to six hours. */
  | 'silent'
  /** Once a day starts again with an empty register. */
  | 'restart'
  /** Its register is about to pass its highest value and begin at zero. */
  | 'rollover'
  /** A fifth of its messages are damaged. */
  | 'garbage';

export const meterFaults: readonly MeterFault[] = ['drift', 'jump', 'silent', 'restart', 'rollover', 'garbage'];

/** Share of meters with each fault, 0 to 1. */
export type FaultShares = Partial<Record<MeterFault, number>>;

const HOUR_MS = 3_600_000;

/** The faults that a meter has. */
export function faultsOf(meterSeed: number, shares: FaultShares): Set<MeterFault> {
  return new Set(meterFaults.filter((fault, i) => uniform(meterSeed, 31, i) < (shares[fault] ?? 0)));
}

/** When a once-a-day fault strikes on a local day, as epoch milliseconds. */
export function strikesAt(meterSeed: number, fault: MeterFault, day: number): number {
  const share = uniform(meterSeed, day, 40 + meterFaults.indexOf(fault));
  return Math.round(startOfDay(day) + share * 24 * HOUR_MS);
}

export function silenceMs(meterSeed: number, day: number): number {
  return (1 + 5 * uniform(meterSeed, day, 50)) * HOUR_MS;
}

export function jumpKwh(meterSeed: number, day: number): number {
  return 50 + 450 * uniform(meterSeed, day, 51);
}

/** Damages a message the ways that lines and firmware do; the kind follows from `choice` in [0, 1). */
export function damage(payload: string, choice: number): string | Buffer {
  const kinds: (() => string | Buffer)[] = [
    () => payload.slice(0, Math.floor(payload.length * 0.6)),
    () => payload.replace(/"reading":[^,}]+/, '"reading":NaN'),
    () => payload.replace(/"reading":([^,}]+)/, '"reading":"$1 kWh"'),
    () => payload.replace(/"reading":[^,}]+/, '"reading":-1'),
    () => payload.replace(/"timestamp":"[^"]*"/, '"timestamp":"0000-00-00T25:61:00Z"'),
    () => payload.replace(/"data":\{.*\}/, '"data":null'),
    () => Buffer.from([0xff, 0xfe, 0x00, 0x68, 0x16]),
    () => '',
  ];
  return kinds[Math.floor(choice * kinds.length)]!();
}
