/** The form of a priced bill in answers; made by `layers/tariff`. */
import * as z from 'zod/mini';

const text = z.object({ en: z.string(), ar: z.string() });

const billLineSchema = z.object({
  /** Code of the tariff's component. */
  code: z.string(),
  kind: z.enum([
    'energy',
    'fixed',
    'demand',
    'reactive',
    'power_factor',
    'minimum',
    'subsidy',
    'tax',
    'export',
    'rounding',
  ]),
  label: text,
  from: z.string(),
  /** First local day after. */
  to: z.string(),
  quantity: z.string(),
  unit: z.enum(['kWh', 'kvarh', 'kW', 'kVA', 'phase', 'dwelling', 'month', 'day', 'bill', 'percent']),
  /** It is charged once for the bill, however many days that has. */
  isOnce: z.optional(z.literal(true)),
  rate: z.string(),
  amount: z.string(),
  /** The arithmetic, e.g. `54.839 kWh × 0.05`. */
  formula: z.string(),
  explanation: text,
});

export const billSchema = z.object({
  currency: z.string(),
  from: z.string(),
  to: z.string(),
  lines: z.array(billLineSchema),
  subtotal: z.string(),
  taxes: z.string(),
  rounding: z.string(),
  total: z.string(),
  importKwh: z.string(),
  exportKwh: z.string(),
  reactiveKvarh: z.string(),
  demandKw: z.optional(z.string()),
  /** Highest demand that was measured; `demandKw` is what was billed, not below contract and ratchet. */
  peakKw: z.optional(z.string()),
  /** As `demandKw` and `peakKw`, of apparent power. */
  demandKva: z.optional(z.string()),
  peakKva: z.optional(z.string()),
  /** kWh kept for later bills, by bucket. */
  exportBank: z.optional(z.record(z.string(), z.string())),
  /** Banked energy was settled within the bill: by the year, the tariff's end or the supply's. */
  bankSettled: z.optional(z.literal(true)),
  estimated: z.boolean(),
});

/** What a consumption would cost: a bill, and more of them where the currency changes, as invoices would be. */
export const pricedSchema = z.extend(billSchema, {
  /** What all of it comes to, in the order of time. */
  totals: z.array(z.object({ currency: z.string(), total: z.string() })),
  /** Bills of the days from a change of currency on. @default none, the currency stays */
  others: z.optional(z.array(billSchema)),
});
