/**
 * Looks up which meters a loss report is about, once: they are written down in pages, so that a meter that moves while the
 * report is under way is neither missed nor counted twice. The plan that is finished first counts.
 */
import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { daysBetween } from '../../../layers/tariff/calendar.ts';
import { type NetworkBelow, networkBelow } from '../../scada/contract.ts';
import { isWithin } from './area-inputs.ts';
import { outputMeters } from './area-meters.ts';
import { clip, overlap } from './day-spans.ts';
import { type DaySpan, type LossArea, lossAreaEntity } from './loss-area-entity.ts';
import {
  type LossReport,
  lossReportEntity,
  lossReportPartEntity,
  type PlannedArea,
  type PlannedMeter,
  type PlannedPlace,
  plannedPageEntity,
} from './loss-report-entity.ts';
import { areasWithin, type Nesting, nestingOf } from './nested-areas.ts';
import { daysIn, rowsOfDays } from './report-days.ts';
import { unmeteredOn } from './unmetered-loads.ts';

/** Twenty thousand meters are looked up well within one message. */
const mostMeters = 20_000;
const mostParts = 8;
/** Readings of so many meters and days are read within a page's time, also quarter-hourly ones. */
const meterDaysInPage = 1_000;
const metersInPage = { least: 3, most: 32 };
/** Pages written together: some kilobytes each. */
const together = 10;

/** Does nothing to a report that is planned already. */
export async function planLossReport(session: TenantSession, report: LossReport): Promise<void> {
  const areas = await areasOf(session, report.areaIds);
  if (areas === undefined) return fail(session, report.id, 'area_gone');
  const network = await networkBelow(session);
  const within = await areasWithin(session, areas, network);
  const meters = await metersOf(session, report, areas, within, network);
  if (meters.length > mostMeters) return fail(session, report.id, 'too_many_meters');
  const size = pageSize(report);
  const pages = Array.from({ length: Math.ceil(meters.length / size) }, (_, page) =>
    meters.slice(page * size, (page + 1) * size),
  );
  const planId = newId('pln');
  const nesting = nestingOf(areas, within, meters);
  for (let start = 0; start < pages.length; start += together)
    await session.transact('billing', (unit) => {
      for (const [i, own] of pages.slice(start, start + together).entries())
        unit.put(plannedPageEntity, {
          reportId: report.id,
          planId,
          page: start + i,
          meters: own,
          keptUntil: report.linesKeptUntil,
        });
    });
  const plan = {
    id: planId,
    pages: pages.length,
    meters: meters.length,
    parts: Math.min(mostParts, pages.length),
    areas: areas.map((area, i) => plannedArea(area, within[i]!, nesting[i]!, report)),
  };
  await change(session, report.id, { plan }, plan.parts);
}

const fail = (session: TenantSession, id: string, failure: NonNullable<LossReport['failure']>): Promise<void> =>
  change(session, id, { failure }, 0);

/** In one transaction with its parts; whoever comes second finds it done. */
function change(session: TenantSession, id: string, changes: Partial<LossReport>, parts: number): Promise<void> {
  return retryOnChange(async () => {
    const report = await session.require(lossReportEntity, { id });
    if (report.plan !== undefined || report.failure !== undefined) return;
    const { keptUntil } = report;
    await session.transact('billing', (unit) => {
      unit.update(lossReportEntity, report, changes, { isAudited: false });
      for (let part = 0; part < parts; part++)
        unit.put(lossReportPartEntity, { reportId: id, keptUntil, part, page: 0, meters: 0, sums: {}, done: false });
    });
  });
}

/** In the order asked for; undefined when one is gone. */
async function areasOf(session: TenantSession, ids: readonly string[]): Promise<LossArea[] | undefined> {
  const found: (LossArea | undefined)[] = [];
  for (const id of ids) found.push(await session.get(lossAreaEntity, { id }, { consistent: true }));
  return found.every((area) => area !== undefined) ? found : undefined;
}

/** Sorted by id: the same meters make the same pages. */
async function metersOf(
  session: TenantSession,
  period: LossReport,
  areas: readonly LossArea[],
  within: readonly LossArea[][],
  network: NetworkBelow,
): Promise<PlannedMeter[]> {
  const meters = new Map<string, PlannedPlace[]>();
  const points = new Map<string, PlannedPlace[]>();
  const add = (to: Map<string, PlannedPlace[]>, id: string, place: PlannedPlace): void => {
    if (place.spans.length > 0) to.set(id, [...(to.get(id) ?? []), place]);
  };
  for (const [i, area] of areas.entries()) {
    const inputs = Map.groupBy(area.inputMeters, ({ meterId }) => meterId);
    const clipped = (spans: readonly DaySpan[]) => spans.flatMap((span) => clip(span, period) ?? []);
    for (const [meterId, own] of inputs) add(meters, meterId, { area: i, role: 'input', spans: clipped(own) });
    for (const { pointId, counts, measures, bridgeMinutes, rollsOverAtKwh, ...span } of area.inputPoints ?? [])
      add(points, pointId, {
        area: i,
        role: 'input',
        ...(counts === 'returned' ? { isReturn: true } : {}),
        ...(rollsOverAtKwh === undefined ? {} : { rollsOverAtKwh }),
        ...(measures === 'power' ? { isPower: true } : {}),
        ...(bridgeMinutes === undefined ? {} : { bridgeMinutes }),
        spans: clipped([span]),
      });
    const outputs = await outputMeters(
      session,
      area,
      within[i]!,
      { from: period.from, to: period.to },
      mostMeters,
      network,
    );
    for (const [meterId, spans] of outputs) add(meters, meterId, { area: i, role: 'output', spans });
    if (meters.size > mostMeters) break;
  }
  const byId = (a: PlannedMeter, b: PlannedMeter): number => (a.meterId < b.meterId ? -1 : 1);
  return [
    ...[...meters].map(([meterId, places]) => ({ meterId, places: markShared(places, areas) })).sort(byId),
    ...[...points]
      .map(([meterId, places]) => ({ meterId, isPoint: true as const, places: markShared(places, areas) }))
      .sort(byId),
  ];
}

/** Areas that were defined before inputs were kept apart may have one together: it is said, and counts in both. */
const markShared = (places: readonly PlannedPlace[], areas: readonly LossArea[]): PlannedPlace[] =>
  places.map((place, i) => {
    const idsOf = ({ area }: PlannedPlace) => ({ areaId: areas[area]!.id, parentId: areas[area]!.parentId });
    const isShared = places.some(
      (other, j) =>
        j !== i &&
        place.role === 'input' &&
        other.role === 'input' &&
        place.isReturn === other.isReturn &&
        place.area !== other.area &&
        !isWithin(idsOf(place), idsOf(other)) &&
        place.spans.some((span) => other.spans.some((one) => overlap(span, one))),
    );
    return isShared ? { ...place, isShared } : place;
  });

function pageSize({ from, to }: LossReport): number {
  const fitting = Math.floor(meterDaysInPage / daysBetween(from, to));
  return Math.min(Math.max(fitting, metersInPage.least), metersInPage.most);
}

/** Days on which something tells what enters. */
const inputsOf = ({ inputMeters, inputPoints = [] }: LossArea): DaySpan[] => [
  ...inputMeters,
  // Power tells both directions, whichever is positive.
  ...inputPoints.filter(({ counts, measures }) => counts === 'input' || measures === 'power'),
];

function plannedArea(area: LossArea, within: readonly LossArea[], nesting: Nesting, report: LossReport): PlannedArea {
  const loads = [area, ...within].flatMap(({ unmeteredLoads = [] }) => unmeteredLoads);
  return {
    id: area.id,
    name: area.name,
    kind: area.kind,
    technicalLossPercent: area.technicalLossPercent,
    metersFrom: area.networkElementId === undefined ? 'assignments' : 'network',
    daysWithoutInput: rowsOfDays(report).map(
      (days) => daysBetween(days.from, days.to) - daysIn(inputsOf(area).flatMap((span) => clip(span, days) ?? [])),
    ),
    ...(area.parentId === undefined ? {} : { parentId: area.parentId }),
    ...nesting,
    ...(loads.length === 0 ? {} : { unmetered: rowsOfDays(report).map((days) => unmeteredOn(loads, days)) }),
  };
}
