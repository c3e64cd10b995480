/** Schedule: does what fell due. A timer goes only after its work is done, so one that fails comes again in a minute. */
import { openGlobalSession, openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { deleteStep, writeMany } from '../../../layers/kernel/data/write-many.ts';
import { countMetric, logger, publishMetrics } from '../../../layers/kernel/observability/logger.ts';
import { escalateWhenDue } from '../alarms/escalate-alarm.ts';
import { endFlood } from '../alarms/flood-control.ts';
import { unshelveWhenDue } from '../alarms/shelve-alarm.ts';
import { expireCommand } from '../controls/expire-command.ts';
import { type Timer, type TimerKind, timerEntity, timerPartition, timerShards } from './timer-entity.ts';

/** More in one shard wait for the next minute; the function must end before it. */
const maxTimers = 500;
const parallel = 10;

const work: Record<TimerKind, (session: TenantSession, ref: string) => Promise<void>> = {
  'escalate-alarm': escalateWhenDue,
  'unshelve-alarm': unshelveWhenDue,
  'end-flood': endFlood,
  'expire-command': expireCommand,
};

export async function handler(): Promise<{ done: number; failed: number }> {
  const session = openGlobalSession();
  const now = new Date().toISOString();
  const outcome = { done: 0, failed: 0 };
  for (let shard = 0; shard < timerShards; shard++) {
    const { items } = await session.query<Timer>(timerEntity, {
      pk: timerPartition(shard),
      // Every key of this very moment sorts before its end.
      to: [`${now}~`],
      limit: maxTimers,
    });
    for (let start = 0; start < items.length; start += parallel) {
      const results = await Promise.all(items.slice(start, start + parallel).map(run));
      for (const isDone of results) outcome[isDone ? 'done' : 'failed'] += 1;
    }
  }
  if (outcome.failed > 0) countMetric('TimersFailed', outcome.failed);
  publishMetrics();
  return outcome;
}

async function run(timer: Timer): Promise<boolean> {
  try {
    await work[timer.kind](openSession(timer.tenantId), timer.ref);
    await writeMany([deleteStep(openGlobalSession(), timerEntity, timer)]);
    return true;
  } catch (error) {
    logger.error('timer not done', { kind: timer.kind, ref: timer.ref, error: error as Error });
    return false;
  }
}
