/**
 * Golden bills: cases worked by hand, with the arithmetic written out. The arithmetic is checked by an evaluator of its own
 * that shares nothing with the rating engine but exact fractions, and then compared with the bill line by line.
 */
import type { BillingFacts, UsageInterval } from '../facts.ts';
import { type TariffVersion, tariffVersionSchema } from '../tariff-schema.ts';

export interface GoldenCase {
  /** What the case is about, as the heading of a row. */
  name: string;
  tariff: TariffVersion[];
  facts: BillingFacts;
  /** `code: arithmetic = amount`, one for each line of the bill, in its order. */
  lines: string[];
  /** `arithmetic = amount`, rounding included. */
  total: string;
  /** Anything else of the bill that the case is about. */
  also?: Record<string, unknown>;
}

type Written = Parameters<typeof tariffVersionSchema.parse>[0];

/** A version that holds for good in YER's stead: USD, two decimals, unless told otherwise. */
export const tariff = (components: object[], more: object = {}): TariffVersion =>
  tariffVersionSchema.parse({ from: '2000-01-01', currency: 'USD', components, ...more } as Written);

const label = (code: string) => ({ en: code, ar: code });
const named = (kind: string) => (code: string, rest: object) => ({ kind, code, label: label(code), ...rest });

/** `energy('energy', [100, '0.05'], ['0.08'])`: up to 100 kWh at 0.05, above at 0.08. */
export const energy = (code: string, ...blocks: ([number, string] | [string])[]) => ({
  kind: 'energy',
  code,
  label: label(code),
  blocks: blocks.map((block) => (block.length === 1 ? { rate: block[0] } : { upTo: String(block[0]), rate: block[1] })),
});
export const fixed = named('fixed');
export const demand = named('demand');
export const reactive = named('reactive');
export const powerFactor = named('power_factor');
export const minimum = named('minimum');
export const subsidy = named('subsidy');
export const tax = named('tax');

const aden = 'Asia/Aden';
const units = (amount: number | string): bigint => {
  const [whole, decimals = ''] = String(amount).split('.');
  return BigInt(whole! + decimals.padEnd(6, '0'));
};

/** A supply from one day to another (exclusive) with energies of the whole period, as a register gives them. */
export function period(
  from: string,
  to: string,
  kwh: number | string,
  more: Partial<BillingFacts> & { exportKwh?: number | string; kvarh?: number | string } = {},
): BillingFacts {
  const { exportKwh, kvarh, timeZone = aden, ...facts } = more;
  const usage: UsageInterval[] = [
    {
      from: midnight(from, timeZone),
      to: midnight(to, timeZone),
      importUnits: units(kwh),
      ...(exportKwh === undefined ? {} : { exportUnits: units(exportKwh) }),
      ...(kvarh === undefined ? {} : { reactiveUnits: units(kvarh) }),
    },
  ];
  return { timeZone, from, to, usage, ...facts };
}

/** April 2026, thirty days. */
export const april = (kwh: number | string, more: Parameters<typeof period>[3] = {}): BillingFacts =>
  period('2026-04-01', '2026-05-01', kwh, more);

/** Intervals one after the other from a moment on. @param start e.g. `2026-04-01T17:00+03:00` */
export const intervals = (start: string, minutes: number, ...kwh: (number | string)[]): UsageInterval[] =>
  kwh.map((amount, i) => ({
    from: Date.parse(start) + i * minutes * 60_000,
    to: Date.parse(start) + (i + 1) * minutes * 60_000,
    importUnits: units(amount),
  }));

/** The same with kvarh, one after the other. */
export const withReactive = (usage: UsageInterval[], ...kvarh: (number | string)[]): UsageInterval[] =>
  usage.map((interval, i) => ({ ...interval, reactiveUnits: units(kvarh[i]!) }));

/** The zones of the cases change their clocks never at midnight, so noon's offset of the day before is midnight's. */
function midnight(date: string, timeZone: string): number {
  const guess = Date.parse(`${date}T00:00:00Z`);
  const shown = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })
    .formatToParts(guess - 12 * 3_600_000)
    .find(({ type }) => type === 'timeZoneName')!.value;
  const [, sign, hours, minutes] = /GMT(?:([+-])(\d\d):(\d\d))?/.exec(shown)!;
  const offset = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000 * (sign === '-' ? -1 : 1);
  return guess - offset;
}
