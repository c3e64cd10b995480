/**
 * Works off one message of the queue of event handlers: runs the reaction and writes down what came of it. A message may come
 * twice, late, or after its worker died: the row says which attempts are made, and an attempt is leased before it begins.
 */
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError, isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { countMetric, logger } from '../../../layers/kernel/observability/logger.ts';
import { sendMessages } from '../../../layers/kernel/queues/send-messages.ts';
import { maskText } from '../../../layers/monitoring/mask-secrets.ts';
import { publishAlert } from '../contract.ts';
import { changeProcessing as change } from './change-processing.ts';
import { encodeWork, type HandlerWork, handlersQueue } from './handler-message.ts';
import { loadMessages, mayStillCome, notInLog } from './load-message.ts';
import { processingEntity, type StoredProcessing } from './processing-entity.ts';
import type { EventMessage } from './reactions/reaction.ts';
import { reactionNamed } from './reactions/registry.ts';
import { failed, nextTryAt, succeeded } from './settle-processing.ts';
import { type StoredSubscription, subscriptionEntity } from './subscription-entity.ts';

/** Clocks of two machines differ; what is due within this is due. */
const dueToleranceMs = 250;
/** Longer than the function lives; then another worker may take the attempt over. */
const leaseMs = 90_000;
const logWaitMs = 2000;

export async function runHandler(work: HandlerWork): Promise<void> {
  const nowMs = Date.now();
  if ((work.dueAtMs ?? 0) > nowMs + dueToleranceMs) return again(work, work.dueAtMs!);
  const session = openSession(work.tenantId);
  const row = await session.get(processingEntity, { id: work.processingId }, { consistent: true });
  if (row === undefined || row.status === 'success') return;
  if (row.attemptNumber >= work.attempt) {
    // Made already; its worker may have died before it queued the next one.
    if (row.attemptNumber === work.attempt && row.nextRetryAt !== undefined)
      await again({ ...work, attempt: work.attempt + 1 }, Date.parse(row.nextRetryAt));
    return;
  }
  const leasedUntilMs = row.leasedUntil === undefined ? 0 : Date.parse(row.leasedUntil);
  if (leasedUntilMs > nowMs) return again(work, leasedUntilMs);
  const subscription = await session.get(subscriptionEntity, { id: row.subscriptionId }, { consistent: true });
  const attempt = { number: work.attempt, startedMs: nowMs, endedMs: nowMs };
  if (!subscription?.isActive || subscription.handlerType !== 'function') {
    const why = subscription ? 'The subscription is switched off.' : 'The subscription was deleted.';
    await change(session, row, failed(row, { ...attempt, number: row.attemptNumber }, why, undefined));
    return;
  }
  const body = work.body ?? (await loadMessages(session, [row.eventId])).get(row.eventId);
  if (body === undefined) {
    if (mayStillCome(row)) return again({ ...work, logWaits: (work.logWaits ?? 0) + 1 }, nowMs + logWaitMs);
    await change(session, row, failed(row, attempt, notInLog, undefined));
    return;
  }
  const leased = await change(session, row, {
    status: 'processing',
    startedAt: new Date(nowMs).toISOString(),
    leasedUntil: new Date(nowMs + leaseMs).toISOString(),
    nextRetryAt: null,
  });
  // Somebody else has it.
  if (leased === undefined) return;
  await attemptReaction(leased, subscription, { ...work, body }, JSON.parse(body) as EventMessage);
}

async function attemptReaction(
  row: StoredProcessing,
  subscription: StoredSubscription & { handlerType: 'function' },
  work: HandlerWork,
  event: EventMessage,
): Promise<void> {
  const session = openSession(work.tenantId, { correlationId: row.correlationId, causationId: row.eventId });
  const { function: name, input } = subscription.handlerConfig;
  const startedMs = Date.now();
  const ended = () => ({ number: work.attempt, startedMs, endedMs: Date.now() });
  try {
    const reaction = reactionNamed(name);
    if (reaction === undefined) throw new AppError('unprocessable', `There is no function "${name}" any more.`);
    const reference = `${row.id}/${row.roundBase}`;
    const response = await reaction.run({ session, input: reaction.input.parse(input), event, reference });
    await change(session, row, succeeded(ended(), response));
  } catch (error) {
    countMetric('EventHandlersFailed');
    const isUseless = isAppError(error) && error.code === 'unprocessable';
    const nowMs = Date.now();
    const nextMs = isUseless ? undefined : nextTryAt(row, work.attempt, subscription, nowMs, Math.random());
    logger.warn('event handler failed', { processingId: row.id, attempt: work.attempt, error: error as Error });
    // Told before it is stored: a crash in between repeats the attempt and not the silence.
    if (nextMs === undefined) await tellExhausted(session, subscription, row);
    await change(session, row, failed(row, ended(), maskText((error as Error).message), nextMs));
    if (nextMs !== undefined) await again({ ...work, attempt: work.attempt + 1 }, nextMs);
  }
}

/** Failures over alerts are not told on: an alert that cannot be handled would raise itself for ever. */
async function tellExhausted(
  session: TenantSession,
  { id, subscriberName }: StoredSubscription,
  row: StoredProcessing,
): Promise<void> {
  if (row.eventType.startsWith('system.')) return;
  await publishAlert(session, 'platform', {
    alertType: 'system',
    severity: 'warning',
    title: {
      en: `Events are not processed: ${subscriberName}`.slice(0, 500),
      ar: `أحداث لم تُعالَج: ${subscriberName}`.slice(0, 500),
    },
    sourceSystem: 'platform',
    alertData: { subscriptionId: id, processingLogId: row.id, eventType: row.eventType },
    dedupeKey: `event-subscription/${id}`,
  });
}

const again = (work: HandlerWork, dueAtMs: number): Promise<void> =>
  sendMessages(handlersQueue, [encodeWork({ ...work, dueAtMs }, Date.now())]);
