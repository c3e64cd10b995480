/**
 * Works a loss report off, page by page. Sums, lines of meters and the page move in one write on the version that was read, so a
 * page counts once, however often its message comes; a page that is done only hands on again, in case its message was lost.
 */

import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { moveOn, nextStep, type Step } from '../../../layers/kernel/queues/walk-pages.ts';
import { sideBySide } from '../../../layers/kernel/side-by-side.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { Sums } from '../reports/sums.ts';
import { billReader } from './billed-energy.ts';
import {
  type LossReport,
  type LossReportPart,
  lossReportEntity,
  lossReportMeterEntity,
  lossReportPartEntity,
  type PlannedMeter,
  partsOf,
  plannedPageEntity,
} from './loss-report-entity.ts';
import { addLine } from './loss-sums.ts';
import { type MeasuredLine, type MeasuringTools, measureMeter } from './measure-meter.ts';
import { measurePoint } from './measure-point.ts';
import { measurePower } from './measure-power.ts';
import { planLossReport } from './plan-loss-report.ts';
import { integratedPower } from './power-input.ts';
import { rowsOfDays } from './report-days.ts';
import { shownLine } from './shown-line.ts';
import { type LossReportMessage, sendWork } from './start-loss-report.ts';

/** Meters worked on at a time. */
const atATime = 8;

export async function workOnLossReport({ tenantId, reportId, at }: LossReportMessage): Promise<void> {
  const session = openSession(tenantId);
  const report = await session.require(lossReportEntity, { id: reportId });
  if (at === undefined) {
    if (report.plan === undefined && report.failure === undefined) await planLossReport(session, report);
    return handOut(session, reportId);
  }
  const progress = await session.require(lossReportPartEntity, { reportId, part: at.part });
  const next = await nextStep<LossReportPart>(progress, at.page, () => countPage(session, report, progress));
  if (next !== undefined)
    await sendWork([{ tenantId, reportId, at: { part: at.part, page: next.row.page } }], next.delaySeconds);
}

/** A message for each part that is not done. */
async function handOut(session: TenantSession, reportId: string): Promise<void> {
  const { items } = await session.query<LossReportPart>(lossReportPartEntity, {
    ...partsOf(reportId),
    consistent: true,
  });
  const { tenantId } = session;
  await sendWork(items.flatMap(({ part, page, done }) => (done ? [] : [{ tenantId, reportId, at: { part, page } }])));
}

async function countPage(
  session: TenantSession,
  report: LossReport,
  progress: LossReportPart & Stored,
): Promise<Step<LossReportPart>> {
  const { plan, id: reportId, linesKeptUntil: keptUntil } = report;
  const { pages, parts, id: planId } = plan!;
  const page = progress.part + progress.page * parts;
  const { meters } = await session.require(plannedPageEntity, { reportId, planId, page });
  const { timeZone } = await tenantProfile(session);
  const rows = rowsOfDays(report);
  const power = await integratedPower(session, { reportId, planId, keptUntil }, meters, timeZone);
  if (power === undefined) return { row: progress, delaySeconds: 0 };
  const measured = await measureAll({ session, timeZone, rows, bills: billReader(session), power }, meters);
  const sums = new Sums(progress.sums);
  for (const line of measured.flatMap(({ lines }) => lines)) addLine(sums, line);
  const done = page + parts >= pages;
  const changes = {
    page: progress.page + 1,
    meters: progress.meters + meters.length,
    sums: sums.toStored(),
    done,
  };
  return moveOn<LossReportPart>(
    () =>
      session.transact('billing', (unit) => {
        for (const { meterId, isPoint, lines } of measured) {
          const shown = lines.map((line) => shownLine(line, plan!.areas, rows));
          const hasFindings = shown.some(({ findings }) => findings.length > 0);
          unit.put(lossReportMeterEntity, {
            reportId,
            ...(isPoint ? { pointId: meterId } : { meterId }),
            hasFindings,
            lines: shown,
            keptUntil,
          });
        }
        if (done) unit.add(lossReportEntity, { id: reportId }, { partsDone: 1n });
        return unit.update(lossReportPartEntity, progress, changes, { isAudited: false });
      }),
    () => session.require(lossReportPartEntity, progress),
  );
}

const measureAll = (
  tools: MeasuringTools,
  meters: readonly PlannedMeter[],
): Promise<(PlannedMeter & { lines: MeasuredLine[] })[]> =>
  sideBySide(meters, atATime, async (meter) => ({
    ...meter,
    lines: meter.isPoint ? await measureStation(tools, meter) : await measureMeter(tools, meter),
  }));

/** A point whose unit changed may count energy in one area and measure power in another. */
async function measureStation(tools: MeasuringTools, point: PlannedMeter): Promise<MeasuredLine[]> {
  const [power, counted] = [
    point.places.filter(({ isPower }) => isPower),
    point.places.filter((each) => !each.isPower),
  ];
  return [
    ...(counted.length === 0 ? [] : await measurePoint(tools, { ...point, places: counted })),
    ...measurePower(tools, { ...point, places: power }),
  ];
}
