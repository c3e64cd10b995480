/** Reports of both kinds of walks, over customers and over meters of loss areas, as a schedule deals with them. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import type { Locale } from '../../../layers/kernel/i18n/locale.ts';
import { addDays } from '../../../layers/tariff/calendar.ts';
import type { DocumentLanguage } from '../documents/document-schema.ts';
import {
  type LossReport,
  type LossReportPart,
  lossReportEntity,
  lossReportPartEntity,
  partsOf,
} from '../losses/loss-report-entity.ts';
import { lossReportTable } from '../losses/loss-report-table.ts';
import { lossReportHead, showLossReport } from '../losses/show-loss-report.ts';
import { orderLossReport, sendWork } from '../losses/start-loss-report.ts';
import { printLossReport, printReport } from '../reports/print-report.ts';
import { refuseUnfinished } from '../reports/refuse-unfinished.ts';
import { readParts, reportEntity } from '../reports/report-entity.ts';
import { isAsOf } from '../reports/report-schema.ts';
import { reportTable } from '../reports/report-table.ts';
import { reportHead, showReport } from '../reports/show-report.ts';
import { addReport, newReport, resumeReport } from '../reports/start-report.ts';
import type { ScheduledKind, ScheduledReport } from './schedule-schema.ts';

/** What opens a report by hand opens a scheduled one. */
export const permissionOn = (kind: ScheduledKind, action: 'read' | 'write'): string =>
  `billing:${kind === 'losses' ? 'losses' : 'reports'}:${action}`;

export interface OrderedReport {
  id: string;
  add(unit: UnitOfWork): void;
}

/**
 * Checks the order. @returns its id, and what writes it; `resumeScheduled` sets it going
 * @throws AppError as an order by hand is refused
 */
export async function orderScheduled(
  session: TenantSession,
  report: ScheduledReport,
  { from, to }: { from: string; to: string },
): Promise<OrderedReport> {
  if (report.kind === 'losses') {
    const { areaIds } = report;
    const row = await orderLossReport(session, { from, to: addDays(to, 1), ...(areaIds ? { areaIds } : {}) });
    return { id: row.id, add: (unit) => void unit.create(lossReportEntity, row) };
  }
  const { kind, ...more } = report;
  const order = isAsOf(kind) ? { kind, asOf: to, ...more } : { kind, from, to, ...more };
  const row = await newReport(session, order);
  return { id: row.id, add: (unit) => void addReport(unit, row) };
}

/** Sets going what is not done of it; what was done stays done once. */
export const resumeScheduled = (session: TenantSession, kind: ScheduledKind, reportId: string): Promise<void> =>
  kind === 'losses' ? sendWork([{ tenantId: session.tenantId, reportId }]) : resumeReport(session, reportId);

export interface ReportState {
  status: 'running' | 'completed' | 'failed';
  failure?: LossReport['failure'];
  /** When something of it was written last. */
  movedAt: string;
}

/** @throws AppError `not_found` */
export async function stateOf(session: TenantSession, kind: ScheduledKind, id: string): Promise<ReportState> {
  if (kind !== 'losses') {
    const report = await session.require(reportEntity, { id });
    return { status: reportHead(report).status, movedAt: newest([report, ...(await readParts(session, id))]) };
  }
  const report = await session.require(lossReportEntity, { id });
  const { status } = lossReportHead(report);
  const { items } = await session.query<LossReportPart & Stored>(lossReportPartEntity, {
    ...partsOf(id),
    consistent: true,
  });
  return {
    status: status === 'planning' ? 'running' : status,
    ...(report.failure === undefined ? {} : { failure: report.failure }),
    movedAt: newest([report, ...items]),
  };
}

const newest = (rows: readonly Stored[]): string =>
  rows
    .map(({ updatedAt }) => updatedAt)
    .sort()
    .at(-1)!;

/** The table of a completed report; undefined before. */
export async function tableOf(
  session: TenantSession,
  kind: ScheduledKind,
  id: string,
  locale: Locale,
): Promise<string[][] | undefined> {
  if (kind === 'losses') {
    const report = await showLossReport(session, id);
    return 'result' in report ? lossReportTable(report, locale) : undefined;
  }
  const report = await showReport(session, id);
  return 'result' in report ? reportTable(report, locale) : undefined;
}

/** The PDF of a completed report: where to get it. @throws AppError `not_found`, `conflict` before it is completed */
export async function printScheduled(
  session: TenantSession,
  kind: ScheduledKind,
  id: string,
  language: DocumentLanguage,
) {
  if (kind === 'losses') {
    const report = await showLossReport(session, id);
    refuseUnfinished(report);
    return printLossReport(session, report, language);
  }
  const report = await showReport(session, id);
  refuseUnfinished(report);
  return printReport(session, report, language);
}
