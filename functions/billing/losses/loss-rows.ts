/** The sums of a loss report as its rows: an energy balance for each area and row of days. */
import { fromUnits } from '../../../layers/metering/register.ts';
import type { Sums } from '../reports/sums.ts';
import type { Period } from './area-meters.ts';
import { balance, percentOf } from './balance.ts';
import type { PlannedArea } from './loss-report-entity.ts';
import type { LossRow } from './loss-report-schema.ts';
import { type Measure, measureOf } from './loss-sums.ts';

/** Rows of an area stay together, in order of days. */
export function resultOf(areas: readonly PlannedArea[], rows: readonly Period[], sums: Sums): LossRow[] {
  const groups = areas.map((area, i) =>
    withChanges(rows.map((days, row) => rowOf(area, days, row, (measure) => measureOf(sums, i, row, measure)))),
  );
  const worst = (group: readonly LossRow[]): number =>
    Math.max(
      ...group.map(({ commercialLossPercent }) =>
        commercialLossPercent === null ? -Infinity : Number(commercialLossPercent),
      ),
    );
  // Where shares are alike, the order of names is the order they were listed in.
  return groups.toSorted((a, b) => (worst(b) > worst(a) ? 1 : worst(b) < worst(a) ? -1 : 0)).flat();
}

/** Against the row of days before. */
const withChanges = (rows: readonly LossRow[]): LossRow[] =>
  rows.map((row, i) => ({
    ...row,
    commercialLossChange: pointsBetween(rows[i - 1]?.commercialLossPercent, row.commercialLossPercent),
  }));

/** From one percentage to the other: in points, both with two decimals. */
function pointsBetween(before: string | null | undefined, after: string | null): string | null {
  if (before == null || after === null) return null;
  return percentOf(hundredths(after) - hundredths(before), 10_000n);
}

const hundredths = (percent: string): bigint => BigInt(percent.replace('.', ''));

/** What the sums of an area and its days come to, in millionths of a kWh. */
export function figuresOf(
  { technicalLossPercent, daysWithoutInput, unmetered }: PlannedArea,
  row: number,
  units: (measure: Measure) => bigint,
) {
  const metered = units('metered');
  const unmeteredUnits = BigInt(unmetered?.[row] ?? 0);
  const energies = {
    input: units('input'),
    returned: units('returned'),
    fedIn: units('fedIn'),
    // What is taken without a meter, and known, is not lost.
    output: metered + unmeteredUnits,
  };
  const isKnown = daysWithoutInput[row] === 0 && units('unknownInputs') === 0n;
  const charged = units('billed') + units('sold');
  return {
    ...energies,
    metered,
    unmetered: unmeteredUnits,
    charged,
    net: energies.input + energies.fedIn - energies.returned,
    losses: isKnown ? balance(energies, technicalLossPercent, charged + unmeteredUnits) : undefined,
  };
}

function rowOf(area: PlannedArea, days: Period, row: number, units: (measure: Measure) => bigint): LossRow {
  const kwh = (measure: Measure): string => fromUnits(units(measure));
  const count = (measure: Measure): number => Number(units(measure));
  const { unmetered, charged, net, losses } = figuresOf(area, row, units);
  return {
    areaId: area.id,
    name: area.name,
    kind: area.kind,
    ...days,
    metersFrom: area.metersFrom,
    ...(area.withinId === undefined ? {} : { withinAreaId: area.withinId }),
    inputKwh: kwh('input'),
    returnedKwh: kwh('returned'),
    fedInKwh: kwh('fedIn'),
    meteredKwh: kwh('metered'),
    unmeteredKwh: fromUnits(unmetered),
    billedKwh: kwh('billed'),
    soldKwh: kwh('sold'),
    unbilledKwh: kwh('unbilled'),
    withoutSupplyKwh: kwh('withoutSupply'),
    netInputKwh: fromUnits(net),
    lossKwh: losses ? fromUnits(losses.loss) : null,
    lossPercent: losses?.lossPercent ?? null,
    technicalLossPercent: area.technicalLossPercent,
    technicalLossKwh: losses ? fromUnits(losses.technical) : null,
    commercialLossKwh: losses ? fromUnits(losses.commercial) : null,
    commercialLossPercent: losses?.commercialPercent ?? null,
    billingEfficiencyPercent: losses ? percentOf(charged, net) : null,
    commercialLossChange: null,
    quality: {
      meters: count('meters'),
      meterDays: count('meterDays'),
      unreadMeters: count('unreadMeters'),
      unreadDays: count('unreadDays'),
      incompleteMeters: count('incompleteMeters'),
      unknownInputs: count('unknownInputs'),
      sharedInputs: count('sharedInputs'),
      inputIntegratedKwh: kwh('inputIntegrated'),
      inputIntegratedPercent: percentOf(units('inputIntegrated'), units('input')),
      inputBridgedKwh: kwh('inputBridged'),
      daysWithoutInput: area.daysWithoutInput[row]!,
      meteredEstimatedKwh: kwh('estimated'),
      meteredEstimatedPercent: percentOf(units('estimated'), units('metered')),
      billedEstimatedKwh: kwh('billedEstimated'),
      billedApportionedKwh: kwh('billedApportioned'),
      billedApportionedPercent: percentOf(units('billedApportioned'), units('billed')),
    },
  };
}
