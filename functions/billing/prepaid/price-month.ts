/**
 * What a calendar month of prepaid energy costs by the price sheet of a day: the tariff engine's own bill over the month, for
 * what was bought in it. The purchases of a month therefore sum to exactly the bill of their energy, blocks and taxes included.
 */
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Bill } from '../../../layers/tariff/bill.ts';
import { addDays, dayStart, later } from '../../../layers/tariff/calendar.ts';
import type { TariffVersion } from '../../../layers/tariff/tariff-schema.ts';
import type { Customer } from '../customers/customer-schema.ts';
import type { Supply } from '../supplies/supply-schema.ts';
import { rateOrRefuse } from '../tariffs/what-if.ts';

export interface MonthFacts {
  versions: readonly TariffVersion[];
  timeZone: string;
  /** First local day of the supply. */
  suppliedFrom: string;
  connectedKw?: string | undefined;
  contractedKw?: string | undefined;
  contractedKva?: string | undefined;
  phases?: number | undefined;
  dwellings?: number | undefined;
  exemptTaxes?: readonly string[] | undefined;
}

export const monthFactsOf = (
  { from, connectedKw, contractedKw, contractedKva, phases, dwellings }: Supply,
  { exemptTaxes }: Customer,
  versions: readonly TariffVersion[],
  timeZone: string,
): MonthFacts => ({
  ...{ versions, timeZone, suppliedFrom: from, exemptTaxes },
  ...{ connectedKw, contractedKw, contractedKva, phases, dwellings },
});

const unitsPerStep = 100_000n;

export const monthStart = (day: string): string => `${day.slice(0, 7)}-01`;
export const nextMonth = (day: string): string => monthStart(addDays(monthStart(day), 31));

/** @returns undefined before the first */
export const versionInForce = (versions: readonly TariffVersion[], day: string): TariffVersion | undefined =>
  versions
    .filter(({ from }) => from <= day)
    .sort((a, b) => (a.from < b.from ? -1 : 1))
    .at(-1);

/** The price sheet of a day; what is bought is priced by the day it is bought on. @throws AppError `unprocessable` */
export function versionOn(versions: readonly TariffVersion[], day: string): TariffVersion {
  const version = versionInForce(versions, day);
  if (version === undefined)
    throw new AppError('unprocessable', undefined, {
      texts: { en: `No version of the tariff holds on ${day}.`, ar: `لا توجد نسخة سارية من التعرفة في ${day}.` },
    });
  refuseUnfit(version);
  return version;
}

/**
 * @param steps tenths of a kWh bought in the month of `day` @param version the sheet that prices all of them
 * @param until first local day of the month that is not meant any more
 */
export function billMonth(
  facts: MonthFacts,
  version: TariffVersion,
  day: string,
  steps: number,
  until = nextMonth(day),
): Bill {
  const from = later(monthStart(day), facts.suppliedFrom);
  const to = until;
  return rateOrRefuse([{ ...version, from, to }], {
    timeZone: facts.timeZone,
    from,
    to,
    // Who moves in on a day pays a part of the month, also where parts are of the billing period.
    nominal: { from: monthStart(day), to: nextMonth(day) },
    usage: [
      {
        from: dayStart(from, facts.timeZone),
        to: dayStart(to, facts.timeZone),
        importUnits: BigInt(steps) * unitsPerStep,
      },
    ],
    ...(facts.connectedKw === undefined ? {} : { connectedKw: facts.connectedKw }),
    ...(facts.contractedKw === undefined ? {} : { contractedKw: facts.contractedKw }),
    ...(facts.contractedKva === undefined ? {} : { contractedKva: facts.contractedKva }),
    ...(facts.phases === undefined ? {} : { phases: facts.phases }),
    ...(facts.dwellings === undefined ? {} : { dwellings: facts.dwellings }),
    ...(facts.exemptTaxes === undefined ? {} : { exemptTaxes: facts.exemptTaxes }),
  });
}

/** What is charged for a demand, or by the hour, is not known when energy is bought ahead. */
function refuseUnfit({ components, export: feedIn }: TariffVersion): void {
  const unfit = components.find(
    (component) =>
      component.kind === 'demand' ||
      component.kind === 'reactive' ||
      component.kind === 'power_factor' ||
      (component.kind === 'energy' && component.bucket !== undefined),
  );
  if (unfit !== undefined || feedIn !== undefined)
    throw new AppError('unprocessable', undefined, {
      texts: {
        en: `A prepaid tariff has prices for energy, charges, subsidies and taxes; "${unfit?.code ?? 'export'}" is known only afterwards.`,
        ar: `تعرفة الدفع المسبق تشمل الطاقة والرسوم والدعم والضرائب فقط؛ "${unfit?.code ?? 'export'}" لا يُعرف إلا بعد الاستهلاك.`,
      },
    });
}
