/** Days over which the currency changes are several bills, as real invoices are: each finds what the one before it left. */
import { toUnits } from '../metering/register.ts';
import type { Bill } from './bill.ts';
import type { BillingFacts } from './facts.ts';
import { rateBill } from './rate-bill.ts';
import { versionsInForce } from './segments.ts';
import type { TariffVersion } from './tariff-schema.ts';

interface Stretch {
  /** First local day. */
  from: string;
  versions: TariffVersion[];
}

/**
 * Bills of the period, one after the other; one alone where the currency stays. What is charged once for a bill is charged on the
 * first. A demand that was said of the whole period counts in each of them.
 * @throws RatingError as `rateBill`
 */
export function ratePeriod(versions: readonly TariffVersion[], facts: BillingFacts): Bill[] {
  const stretches = stretchesOf(versions, facts);
  if (stretches.length < 2) return [rateBill(versions, facts)];
  const whole = facts.cutFrom ?? { from: facts.from, to: facts.to };
  const bills: Bill[] = [];
  let { exportBank = {}, bankedUnder, priorPeakKw, priorPeakKva } = facts;
  stretches.forEach((stretch, i) => {
    const next = stretches[i + 1];
    const isLast = next === undefined;
    const bill = rateBill(stretch.versions, {
      ...facts,
      from: stretch.from,
      to: next?.from ?? facts.to,
      nominal: facts.nominal ?? whole,
      cutFrom: whole,
      exportBank,
      settleExportBank: isLast && facts.settleExportBank === true,
      ...(priorPeakKw === undefined ? {} : { priorPeakKw }),
      ...(priorPeakKva === undefined ? {} : { priorPeakKva }),
      ...(bankedUnder === undefined ? {} : { bankedUnder }),
      ...(isLast ? {} : { followedBy: next.versions[0]! }),
    });
    bills.push(bill);
    exportBank = bankOf(bill) ?? exportBank;
    bankedUnder = stretch.versions.findLast(({ export: fedIn }) => fedIn?.mode === 'net_energy') ?? bankedUnder;
    priorPeakKw = highest(priorPeakKw, bill.peakKw);
    priorPeakKva = highest(priorPeakKva, bill.peakKva);
  });
  return bills;
}

/** Versions in force, together as long as they are of one currency. */
function stretchesOf(versions: readonly TariffVersion[], { from, to }: BillingFacts): Stretch[] {
  const stretches: Stretch[] = [];
  for (const { version } of versionsInForce(versions, { from, to })) {
    const last = stretches.at(-1);
    if (last !== undefined && last.versions[0]!.currency === version.currency) last.versions.push(version);
    // Days before the first version are its bill's, which refuses them: no tariff holds on them.
    else stretches.push({ from: last === undefined ? from : version.from, versions: [version] });
  }
  return stretches;
}

function bankOf({ exportBank }: Bill): Record<string, bigint> | undefined {
  if (exportBank === undefined) return undefined;
  return Object.fromEntries(Object.entries(exportBank).map(([bucket, kwh]) => [bucket, BigInt(toUnits(kwh)!)]));
}

const highest = (a: string | undefined, b: string | undefined): string | undefined =>
  a === undefined || (b !== undefined && Number(b) > Number(a)) ? b : a;
