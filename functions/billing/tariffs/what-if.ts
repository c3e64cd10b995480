/** What a consumption would cost under a tariff: the rating engine on facts that a caller makes up. */
import * as z from 'zod/mini';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { fieldMessage } from '../../../layers/kernel/i18n/field-message.ts';
import { timestamp } from '../../../layers/kernel/schema/common.ts';
import { toUnits } from '../../../layers/metering/register.ts';
import { fromMinorUnits, toMinorUnits } from '../../../layers/money/money.ts';
import type { Bill } from '../../../layers/tariff/bill.ts';
import { dayStart, daysBetween } from '../../../layers/tariff/calendar.ts';
import { type BillingFacts, RatingError, type UsageInterval } from '../../../layers/tariff/facts.ts';
import { rateBill } from '../../../layers/tariff/rate-bill.ts';
import { ratePeriod } from '../../../layers/tariff/rate-period.ts';
import { localDate, type TariffVersion } from '../../../layers/tariff/tariff-schema.ts';
import { kilovoltAmperes, kilowatts } from '../supplies/supply-schema.ts';
import type { pricedSchema } from './bill-schema.ts';

const energy = () =>
  z
    .string()
    .check(z.regex(/^\d{1,9}(\.\d{1,6})?$/, fieldMessage('Not an energy such as "152.5".', 'ليست طاقة مثل "152.5".')));
/** Energies of rate registers by code, where the tariff bills by them. @default what the windows make of `importKwh` */
const rates = () => z.optional(z.record(z.string().check(z.regex(/^1\.8\.[1-9]$/)), energy()));

/** The longest period a question may be about. */
const maxDays = 400;

export const whatIfSchema = z.object({
  from: localDate(),
  /** First local day after. */
  to: localDate(),
  /** Energy of the whole period; spread evenly over it. Either this or `intervals`. */
  importKwh: z.optional(energy()),
  exportKwh: z.optional(energy()),
  reactiveKvarh: z.optional(energy()),
  registers: rates(),
  intervals: z.optional(
    z
      .array(
        z.object({
          from: timestamp(),
          to: timestamp(),
          importKwh: energy(),
          exportKwh: z.optional(energy()),
          reactiveKvarh: z.optional(energy()),
          /** As the meter counted them, for demands in kVA that ask for it. */
          apparentKvah: z.optional(energy()),
          registers: rates(),
        }),
      )
      .check(z.minLength(1), z.maxLength(9000)),
  ),
  /** What the meter registered, and the highest of the eleven months before. */
  demandKw: z.optional(kilowatts()),
  priorPeakKw: z.optional(kilowatts()),
  demandKva: z.optional(kilovoltAmperes()),
  priorPeakKva: z.optional(kilovoltAmperes()),
  connectedKw: z.optional(kilowatts()),
  contractedKw: z.optional(kilowatts()),
  contractedKva: z.optional(kilovoltAmperes()),
  phases: z.optional(z.union([z.literal(1), z.literal(3)])),
  dwellings: z.optional(z.int().check(z.minimum(1), z.maximum(1000))),
});

export type WhatIf = z.infer<typeof whatIfSchema>;

/** The bills as the engine makes them; the first one carries those of days after a change of currency, and all totals. */
export function priceWhatIf(
  versions: readonly TariffVersion[],
  question: WhatIf,
  timeZone: string,
): z.infer<typeof pricedSchema> {
  const facts = factsOf(question, timeZone);
  refuseOtherRegisters(versions, facts);
  const [first, ...others] = orRefuse(() => ratePeriod(versions, facts));
  const byCurrency = Map.groupBy([first!, ...others], ({ currency }) => currency);
  const totals = [...byCurrency].map(([currency, bills]) => ({
    currency,
    total: fromMinorUnits(
      bills.reduce((sum, { total }) => sum + toMinorUnits(total, currency), 0n),
      currency,
    ),
  }));
  return { ...first!, totals, ...(others.length === 0 ? {} : { others }) };
}

/** What a register of the tariff counted must be said, and what no register of it counted would be priced for nobody. */
function refuseOtherRegisters(versions: readonly TariffVersion[], { from, to, usage }: BillingFacts): void {
  const inForce = versions.filter((version, i) => version.from < to && (versions[i + 1]?.from ?? '9999') > from);
  const inForceCodes = inForce.flatMap(({ timeOfUse }) => (timeOfUse?.registers ?? []).map(({ obis }) => obis));
  const codes = [...new Set(inForceCodes)].sort().join(', ');
  if (usage.every(({ rates }) => rates === undefined || Object.keys(rates).sort().join(', ') === codes)) return;
  throw new AppError('unprocessable', undefined, {
    texts:
      codes === ''
        ? { en: 'The tariff does not bill by registers.', ar: 'لا تُحتسب هذه التعرفة من سجلات العداد.' }
        : {
            en: `The tariff bills by the registers ${codes}: give each of them.`,
            ar: `تُحتسب التعرفة من السجلات ${codes}: أعط كلًا منها.`,
          },
  });
}

/** A rating error as the answer of an API: the question was understood and has no price. */
export const rateOrRefuse = (versions: readonly TariffVersion[], facts: BillingFacts): Bill =>
  orRefuse(() => rateBill(versions, facts));

function orRefuse<T>(rate: () => T): T {
  try {
    return rate();
  } catch (error) {
    if (error instanceof RatingError)
      throw new AppError('unprocessable', undefined, {
        texts: { en: error.message, ar: arabic[error.code] },
        cause: error,
      });
    throw error;
  }
}

const arabic: Record<RatingError['code'], string> = {
  no_tariff: 'لا توجد نسخة سارية من التعرفة في كل أيام الفترة.',
  currency_change: 'تتغير عملة التعرفة داخل الفترة: احسب كل جزء على حدة.',
  usage_order: 'فترات الاستهلاك متداخلة أو غير مرتبة أو سالبة.',
  demand_needs_intervals: 'حساب الطلب يحتاج إلى قراءات على فترات قصيرة.',
  missing_fact: 'تحتاج التعرفة إلى معلومة غير معروفة عن التوريد.',
  period: 'الفترة لا تحوي أي يوم.',
  no_price: 'لا سعر للطاقة في التعرفة لهذا الاستهلاك أو هذا التوريد.',
};

function factsOf(
  { intervals, importKwh, exportKwh, reactiveKvarh, registers, demandKw, demandKva, ...question }: WhatIf,
  timeZone: string,
): BillingFacts {
  const { from, to, ...supply } = question;
  if (from < to && daysBetween(from, to) > maxDays)
    throw new AppError('unprocessable', undefined, {
      texts: { en: `Ask about at most ${maxDays} days.`, ar: `اسأل عن ${maxDays} يومًا على الأكثر.` },
    });
  if ((intervals === undefined) === (importKwh === undefined))
    throw new AppError('unprocessable', undefined, {
      texts: { en: 'Give either "importKwh" or "intervals".', ar: 'أعط إما "importKwh" أو "intervals".' },
    });
  const whole = { importKwh: importKwh ?? '0', exportKwh, reactiveKvarh, registers };
  const usage: UsageInterval[] = intervals
    ? intervals.map((interval) => usageOf(Date.parse(interval.from), Date.parse(interval.to), interval))
    : from < to
      ? [usageOf(dayStart(from, timeZone), dayStart(to, timeZone), whole)]
      : [];
  return {
    ...{ timeZone, from, to, usage, ...supply },
    ...(demandKw === undefined ? {} : { registeredDemandKw: demandKw }),
    ...(demandKva === undefined ? {} : { registeredDemandKva: demandKva }),
  };
}

interface Energies {
  importKwh: string;
  exportKwh?: string | undefined;
  reactiveKvarh?: string | undefined;
  apparentKvah?: string | undefined;
  registers?: Record<string, string> | undefined;
}

function usageOf(
  from: number,
  to: number,
  { importKwh, exportKwh, reactiveKvarh, apparentKvah, registers }: Energies,
): UsageInterval {
  const units = (kwh: string): bigint => BigInt(toUnits(kwh)!);
  return {
    from,
    to,
    importUnits: units(importKwh),
    ...(exportKwh === undefined ? {} : { exportUnits: units(exportKwh) }),
    ...(reactiveKvarh === undefined ? {} : { reactiveUnits: units(reactiveKvarh) }),
    ...(apparentKvah === undefined ? {} : { apparentUnits: units(apparentKvah) }),
    ...(registers === undefined
      ? {}
      : { rates: Object.fromEntries(Object.entries(registers).map(([code, kwh]) => [code, units(kwh)])) }),
  };
}
