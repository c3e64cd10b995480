/** The end of a run, with what is told of it in the same transaction: an event, and an alert where a schedule has no report. */
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { endAlert, raiseAlert } from '../../platform/contract.ts';
import type { ScheduleRun } from './schedule-entity.ts';
import { reportFailed, reportReady } from './schedule-events.ts';
import type { runFailures } from './schedule-schema.ts';

export interface RunFailure {
  failure: (typeof runFailures)[number];
  detail?: string;
}

/** Names the alert that a schedule's newest report could not be made. */
export const failureAlert = (scheduleId: string): string => `report-schedule/${scheduleId}`;

/** Names the alert that none of a schedule's recipients may get its reports. */
export const recipientsAlert = (scheduleId: string): string => `report-schedule/${scheduleId}/recipients`;

const named = ({ scheduleId, name, day, kind, from, to }: ScheduleRun) => ({ scheduleId, name, day, kind, from, to });

/** @returns what becomes of the run's row */
export function completed(unit: UnitOfWork, run: ScheduleRun, now: string): Pick<ScheduleRun, 'status' | 'endedAt'> {
  const payload = { ...named(run), reportId: run.reportId! };
  unit.emit(reportReady, { aggregateId: run.scheduleId, payload });
  endAlert(unit, failureAlert(run.scheduleId), 'A later report was made.');
  return { status: 'completed', endedAt: now };
}

/** @returns the run as it is then */
export function failed(unit: UnitOfWork, run: ScheduleRun, failure: RunFailure, now: string): ScheduleRun {
  const { scheduleId, reportId } = run;
  unit.emit(reportFailed, {
    aggregateId: scheduleId,
    payload: { ...named(run), ...failure, ...(reportId === undefined ? {} : { reportId }) },
  });
  return { ...run, status: 'failed', ...failure, endedAt: now };
}

/** Ends with the next report of the schedule, or with the schedule. */
export function raiseFailure(unit: UnitOfWork, run: ScheduleRun, failure: RunFailure): void {
  const { scheduleId, name, day, reportId } = run;
  raiseAlert(unit, {
    alertType: 'business',
    severity: 'warning',
    title: {
      en: `The scheduled report "${name}" of ${day} could not be made`,
      ar: `تعذر إعداد التقرير المجدول "${name}" ليوم ${day}`,
    },
    ...(failure.detail === undefined ? {} : { description: failure.detail }),
    sourceSystem: 'billing',
    alertData: { scheduleId, day, failure: failure.failure, ...(reportId === undefined ? {} : { reportId }) },
    dedupeKey: failureAlert(scheduleId),
  });
}
