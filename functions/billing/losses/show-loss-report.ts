/** A loss report as it is answered: how far it is, and its rows once every part is done. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { notFound } from '../../../layers/kernel/errors/app-error.ts';
import { fromUnits } from '../../../layers/metering/register.ts';
import { isKept, readReportSettings } from '../reports/report-retention.ts';
import { Sums } from '../reports/sums.ts';
import type { Period } from './area-meters.ts';
import { balance, percentOf } from './balance.ts';
import {
  type LossReport,
  type LossReportPart,
  lossReportEntity,
  lossReportPartEntity,
  type PlannedArea,
  partsOf,
} from './loss-report-entity.ts';
import type { LossRow } from './loss-report-schema.ts';
import { type Measure, measureOf } from './loss-sums.ts';
import { rowsOfDays } from './report-days.ts';

/** Without rows: for lists. */
export function lossReportHead({ plan, partsDone = 0, ...report }: LossReport & Stored) {
  const isDone = plan !== undefined && Number(partsDone) === plan.parts;
  return {
    ...report,
    ...(plan === undefined ? {} : { meters: plan.meters }),
    status: report.failure
      ? ('failed' as const)
      : isDone
        ? ('completed' as const)
        : plan
          ? ('running' as const)
          : ('planning' as const),
  };
}

/** A report that is kept still, and for how many days its lines are. @throws AppError `not_found` */
export async function keptLossReport(
  session: TenantSession,
  id: string,
): Promise<{ report: LossReport & Stored; keepMeterLinesDays: number }> {
  const [report, { keepReportsDays, keepMeterLinesDays }] = await Promise.all([
    session.require(lossReportEntity, { id }),
    readReportSettings(session),
  ]);
  if (!isKept(session, id, keepReportsDays)) throw notFound(lossReportEntity.name, id);
  return { report, keepMeterLinesDays };
}

/** @throws AppError `not_found` */
export async function showLossReport(session: TenantSession, id: string) {
  const { report } = await keptLossReport(session, id);
  const head = lossReportHead(report);
  if (report.plan === undefined) return head;
  const { items } = await session.query<LossReportPart>(lossReportPartEntity, { ...partsOf(id), consistent: true });
  const metersDone = items.reduce((meters, part) => meters + part.meters, 0);
  if (head.status !== 'completed') return { ...head, metersDone };
  const sums = new Sums();
  for (const part of items) sums.merge(part.sums);
  return { ...head, metersDone, result: resultOf(report.plan.areas, rowsOfDays(report), sums) };
}

/** Rows of an area stay together, in order of days. */
function resultOf(areas: readonly PlannedArea[], rows: readonly Period[], sums: Sums): LossRow[] {
  const groups = areas.map((area, i) =>
    rows.map((days, row) =>
      rowOf(area, days, area.daysWithoutInput[row]!, (measure) => measureOf(sums, i, row, measure)),
    ),
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

function rowOf(
  area: PlannedArea,
  days: Period,
  daysWithoutInput: number,
  units: (measure: Measure) => bigint,
): LossRow {
  const kwh = (measure: Measure): string => fromUnits(units(measure));
  const count = (measure: Measure): number => Number(units(measure));
  const energies = {
    input: units('input'),
    returned: units('returned'),
    fedIn: units('fedIn'),
    output: units('metered'),
  };
  const isKnown = daysWithoutInput === 0 && count('unknownInputs') === 0;
  const losses = isKnown ? balance(energies, area.technicalLossPercent, units('billed') + units('sold')) : undefined;
  return {
    areaId: area.id,
    name: area.name,
    kind: area.kind,
    ...days,
    metersFrom: area.metersFrom,
    inputKwh: kwh('input'),
    returnedKwh: kwh('returned'),
    fedInKwh: kwh('fedIn'),
    meteredKwh: kwh('metered'),
    billedKwh: kwh('billed'),
    soldKwh: kwh('sold'),
    unbilledKwh: kwh('unbilled'),
    withoutSupplyKwh: kwh('withoutSupply'),
    netInputKwh: fromUnits(energies.input + energies.fedIn - energies.returned),
    lossKwh: losses ? fromUnits(losses.loss) : null,
    lossPercent: losses?.lossPercent ?? null,
    technicalLossPercent: area.technicalLossPercent,
    technicalLossKwh: losses ? fromUnits(losses.technical) : null,
    commercialLossKwh: losses ? fromUnits(losses.commercial) : null,
    commercialLossPercent: losses?.commercialPercent ?? null,
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
      daysWithoutInput,
      meteredEstimatedKwh: kwh('estimated'),
      meteredEstimatedPercent: percentOf(units('estimated'), units('metered')),
      billedEstimatedKwh: kwh('billedEstimated'),
      billedApportionedKwh: kwh('billedApportioned'),
      billedApportionedPercent: percentOf(units('billedApportioned'), units('billed')),
    },
  };
}
