/** Looks how far the report of a run is: tells of one that ended, and sets one going again that does not move. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { completed, failed, type RunFailure, raiseFailure } from './end-run.ts';
import { type ScheduleRun, scheduleEntity, scheduleRunEntity } from './schedule-entity.ts';
import { resumeScheduled, stateOf } from './scheduled-report.ts';

/** Longer than a page that broke down waits for its message to come again. */
const restMs = 40 * 60_000;
const mostResumes = 4;

export async function lookAfterRun(session: TenantSession, run: ScheduleRun & Stored): Promise<void> {
  const { kind, reportId, resumes } = run;
  const state = await stateOf(session, kind, reportId!);
  const now = session.context.now();
  if (state.status === 'completed') return change(session, run, { isCompleted: true });
  if (state.failure !== undefined) return change(session, run, { failure: state.failure });
  const movedAt = Math.max(Date.parse(state.movedAt), Date.parse(run.updatedAt));
  if (Date.parse(now) - movedAt < restMs) return;
  if (resumes >= mostResumes) return change(session, run, { failure: 'stuck' });
  await change(session, run, { resumes: resumes + 1 });
  await resumeScheduled(session, kind, reportId!);
}

type Change = { isCompleted: true } | RunFailure | { resumes: number };

/** One who looked at the same moment did it. */
async function change(session: TenantSession, run: ScheduleRun & Stored, what: Change): Promise<void> {
  const now = session.context.now();
  const key = { id: run.scheduleId };
  // Nothing would end the alert of a schedule that was deleted meanwhile.
  const raises = 'failure' in what && (await session.get(scheduleEntity, key, { consistent: true })) !== undefined;
  try {
    await session.transact('billing', (unit) => {
      if (raises) {
        unit.requireExists(scheduleEntity, key);
        raiseFailure(unit, run, what);
      }
      const changes =
        'isCompleted' in what ? completed(unit, run, now) : 'failure' in what ? failed(unit, run, what, now) : what;
      unit.update(scheduleRunEntity, run, changes, { isAudited: false });
    });
  } catch (error) {
    if (!isAppError(error) || error.code !== 'version_conflict') throw error;
  }
}
