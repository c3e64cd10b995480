/** A bill as the rating engine makes it: every line with its quantity, price, amount and the reason for it in two languages. */
import type { BilingualLabel, Component } from './tariff-schema.ts';

export type LineKind = Component['kind'] | 'export' | 'rounding';

export interface BillLine {
  /** Code of the tariff's component. */
  code: string;
  kind: LineKind;
  label: BilingualLabel;
  /** Local days the line is for; `to` is the first day after. */
  from: string;
  to: string;
  /** Decimal text. */
  quantity: string;
  /** Of a fixed charge times something, that, so many months, days or times. */
  unit: 'kWh' | 'kvarh' | 'kW' | 'kVA' | 'phase' | 'dwelling' | 'month' | 'day' | 'bill' | 'percent';
  /** It is charged once for a bill, however many days that has. */
  isOnce?: true;
  /** Price of one unit, decimal text; of a percentage, the percent. */
  rate: string;
  /** Amount in the bill's currency, decimal text; credits are negative. */
  amount: string;
  /** The arithmetic, e.g. `54.839 kWh × 0.05`. */
  formula: string;
  explanation: BilingualLabel;
}

export interface Bill {
  currency: string;
  from: string;
  to: string;
  lines: BillLine[];
  /** Before taxes and rounding. */
  subtotal: string;
  taxes: string;
  rounding: string;
  total: string;
  /** kWh taken, fed in, and kvarh, in the period. */
  importKwh: string;
  exportKwh: string;
  reactiveKvarh: string;
  /** Highest demand that was billed, kW. */
  demandKw?: string;
  /** Highest demand that was measured, kW: what later bills' ratchets rest on. */
  peakKw?: string;
  /** As `demandKw` and `peakKw`, of apparent power. */
  demandKva?: string;
  peakKva?: string;
  /** kWh kept for later bills, by bucket; present with net metering. */
  exportBank?: Record<string, string>;
  /** Banked energy was settled within the bill: what earlier bills come to bank otherwise changes this one, and not later ones. */
  bankSettled?: true;
  /** Some energy was estimated. */
  estimated: boolean;
}
