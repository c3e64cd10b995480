/**
 * Losses of all areas of a report together, as a utility tells them: what entered, what of it became bills and tokens (billing
 * efficiency), what of that was paid (collection rate), and what is left of a hundred, the aggregate technical, commercial and
 * collection losses. An area that lies in another one of the report is part of that; such that share meters are left out.
 */
import { fromUnits } from '../../../layers/metering/register.ts';
import type { Sums } from '../reports/sums.ts';
import type { Period } from './area-meters.ts';
import { percentOf } from './balance.ts';
import type { CollectionOfDays } from './collection-of-days.ts';
import type { PlannedArea } from './loss-report-entity.ts';
import type { LossTotal } from './loss-report-schema.ts';
import { figuresOf } from './loss-rows.ts';
import { measureOf } from './loss-sums.ts';

/** @param rates for each row of days */
export function totalsOf(
  areas: readonly PlannedArea[],
  rows: readonly Period[],
  sums: Sums,
  rates: readonly (CollectionOfDays | undefined)[],
): LossTotal[] {
  const ids = new Set(areas.map(({ id }) => id));
  // Reports of before know of parents alone.
  const isPart = ({ parentId, withinId = parentId }: PlannedArea): boolean =>
    withinId !== undefined && ids.has(withinId);
  return rows.map((days, row) => {
    const all = areas.flatMap((area, i) => {
      if (isPart(area) || area.overlaps) return [];
      const units = (measure: Parameters<typeof measureOf>[3]): bigint => measureOf(sums, i, row, measure);
      const { losses, ...figures } = figuresOf(area, row, units);
      return [{ ...figures, losses, billed: units('billed'), sold: units('sold') }];
    });
    // What entered is known of these alone.
    const known = all.flatMap(({ losses, ...figures }) => (losses === undefined ? [] : [{ ...figures, ...losses }]));
    const sum = (select: (figures: (typeof known)[number]) => bigint): bigint =>
      known.reduce((total, figures) => total + select(figures), 0n);
    const [net, entered] = [sum((each) => each.net), sum((each) => each.input + each.fedIn)];
    const [loss, commercial] = [sum((each) => each.loss), sum((each) => each.commercial)];
    const [billed, sold] = [sum((each) => each.billed), sum((each) => each.sold)];
    const rate = rates[row];
    return {
      ...days,
      areas: known.length,
      unknownAreas: all.length - known.length,
      overlappingAreas: areas.filter(({ overlaps }) => overlaps).length,
      inputKwh: fromUnits(sum((each) => each.input)),
      fedInKwh: fromUnits(sum((each) => each.fedIn)),
      returnedKwh: fromUnits(sum((each) => each.returned)),
      netInputKwh: fromUnits(net),
      meteredKwh: fromUnits(sum((each) => each.metered)),
      unmeteredKwh: fromUnits(sum((each) => each.unmetered)),
      billedKwh: fromUnits(billed),
      soldKwh: fromUnits(sold),
      lossKwh: fromUnits(loss),
      lossPercent: percentOf(loss, entered),
      technicalLossKwh: fromUnits(sum((each) => each.technical)),
      commercialLossKwh: fromUnits(commercial),
      commercialLossPercent: percentOf(commercial, entered),
      billingEfficiencyPercent: percentOf(billed + sold, net),
      collectionRatePercent: rate?.ratePercent ?? null,
      ...(rate === undefined ? {} : { collectionReportId: rate.reportId }),
      atccLossPercent:
        rate === undefined && billed > 0n
          ? null
          : percentOf(net - sold - paidOf(billed, rate?.ratePercent ?? '0.00'), net),
    };
  });
}

/** Energy of bills that were paid. Money for bills of before is no energy of these days: at most all of it is. */
function paidOf(billed: bigint, ratePercent: string): bigint {
  const hundredths = BigInt(ratePercent.replace('.', ''));
  const share = hundredths > 10_000n ? 10_000n : hundredths < 0n ? 0n : hundredths;
  return (billed * share) / 10_000n;
}
