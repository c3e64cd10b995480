/**
 * One step of a replay: reads the next events of the range, queues those the endpoint wants, and moves the job on. A
 * step that is repeated queues the same deliveries again, which are recognised by their ids; one that is done only asks for the
 * next one again, since whoever did it may have died before asking.
 */
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { sendMessages } from '../../../layers/kernel/queues/send-messages.ts';
import { moveOn, nextStep, type Step } from '../../../layers/kernel/queues/walk-pages.ts';
import {
  type Delivery,
  deliveryEntity,
  deliveryIdOf,
  deliveryPosition,
  deliveryTimeline,
} from '../deliveries/delivery-entity.ts';
import { type DeliveryMessage, deliveriesQueue, encodeDelivery } from '../deliveries/delivery-message.ts';
import { firstMessage } from '../deliveries/dispatch-events.ts';
import { endpointsFor } from '../deliveries/endpoint-directory.ts';
import { bodyOfRow } from '../deliveries/load-body.ts';
import { endpointWants } from '../deliveries/match-endpoint.ts';
import { messageOf } from '../deliveries/settle-attempt.ts';
import { replayToHandler } from '../event-subscriptions/replay-to-handler.ts';
import { subscriptionsSince } from '../event-subscriptions/subscription-directory.ts';
import type { StoredSubscription } from '../event-subscriptions/subscription-entity.ts';
import { type EventRow, eventEntity, eventsTimeline, positionOf } from '../events/event-record.ts';
import { loadPayload } from '../events/event-store.ts';
import { enqueueInLanes, type LaneEntry } from '../lanes/enqueue-lane.ts';
import { aggregateLane, replayLane } from '../lanes/lane-entity.ts';
import { walkTimeline } from '../timeline/timeline.ts';
import type { StoredWebhook } from '../webhooks/webhook-entity.ts';
import {
  encodeStep,
  type ReplayJob,
  type ReplayStep,
  replayEntity,
  replaysQueue,
  type StoredReplayJob,
} from './replay-entity.ts';

const eventsPerStep = 200;

export async function runReplayStep({ tenantId, jobId, page }: ReplayStep): Promise<void> {
  const session = openSession(tenantId);
  const job = await session.get(replayEntity, { id: jobId }, { consistent: true });
  if (job === undefined) return;
  const next = await nextStep(walkOf(job), page, () => workOff(session, job));
  if (next === undefined) return;
  const step = { tenantId, jobId, page: next.row.page };
  await sendMessages(replaysQueue, [encodeStep(step, next.delaySeconds)]);
}

const walkOf = ({ page = 0, status }: ReplayJob) => ({ page, done: status !== 'queued' && status !== 'running' });

async function workOff(session: TenantSession, job: StoredReplayJob): Promise<Step<ReturnType<typeof walkOf>>> {
  const target = await findTarget(session, job);
  if ('errorMessage' in target) return advance(session, job, { status: 'failed', ...target });
  const rows = await readRange(session, job);
  const queued = await queueRows(session, job, target, rows);
  return advance(session, job, {
    status: rows.length < eventsPerStep ? 'completed' : 'running',
    eventsRead: job.eventsRead + rows.length,
    eventsQueued: job.eventsQueued + queued,
    ...(rows.length > 0 ? { position: positionOf(rows.at(-1)!) } : {}),
  });
}

interface Target {
  webhook: StoredWebhook | undefined;
  /** Those whose wishes count. */
  subscriptions: readonly StoredSubscription[];
}

async function findTarget(session: TenantSession, job: StoredReplayJob): Promise<Target | { errorMessage: string }> {
  const all = await subscriptionsSince(session, Date.now());
  const own = all.find(({ id }) => id === job.subscriptionId);
  if (job.subscriptionId !== undefined && !own?.isActive)
    return { errorMessage: own ? 'The subscription was switched off.' : 'The subscription was deleted.' };
  if (job.webhookId === undefined) return { webhook: undefined, subscriptions: own ? [own] : [] };
  const webhook = (await endpointsFor(session, [job.webhookId])).get(job.webhookId);
  if (!webhook?.isActive) return { errorMessage: webhook ? 'The endpoint was disabled.' : 'The endpoint was deleted.' };
  // For one subscription, the endpoint's other wishes do not count.
  if (own) return { webhook: { ...webhook, subscribedEvents: [] }, subscriptions: [own] };
  return { webhook, subscriptions: all };
}

/** @returns how many events are on their way */
async function queueRows(
  session: TenantSession,
  job: StoredReplayJob,
  { webhook, subscriptions }: Target,
  rows: readonly EventRow[],
): Promise<number> {
  if (webhook === undefined) return replayToHandler(session, subscriptions[0]!, rows, job.id);
  const wanted = await select(session, job, webhook, rows, subscriptions);
  await queue(session, job, webhook, wanted);
  return wanted.length;
}

async function readRange(session: TenantSession, { from, to, position }: StoredReplayJob): Promise<EventRow[]> {
  const rows: EventRow[] = [];
  const walk = walkTimeline<EventRow>(session, eventsTimeline, positionOf, {
    entity: eventEntity,
    index: 'gsi1',
    order: 'ascending',
    from,
    to,
    after: position,
    pageSize: 100,
  });
  for await (const row of walk) {
    rows.push(row);
    if (rows.length === eventsPerStep) break;
  }
  return rows;
}

interface Wanted {
  row: EventRow;
  /** What is stored of its ordinary delivery. */
  delivery: Delivery | undefined;
}

async function select(
  session: TenantSession,
  job: StoredReplayJob,
  webhook: StoredWebhook,
  rows: readonly EventRow[],
  subscriptions: readonly StoredSubscription[],
): Promise<Wanted[]> {
  const isFiltered = webhook.filter !== undefined || subscriptions.some((one) => one.filterExpression !== undefined);
  const fitting: EventRow[] = [];
  for (const row of rows) {
    const event = {
      type: row.eventType,
      aggregateId: row.aggregateId,
      // Only a filter looks inside.
      payload: isFiltered ? JSON.parse(await loadPayload(session, row)) : undefined,
    };
    if (endpointWants(webhook, event, job.types, subscriptions)) fitting.push(row);
  }
  if (job.mode === 'replay') return fitting.map((row) => ({ row, delivery: undefined }));
  if (webhook.batch) {
    const inBatches = await eventsInBatches(session, webhook.id, fitting);
    return fitting.flatMap((row) => (inBatches.has(row.id) ? [] : [{ row, delivery: undefined }]));
  }
  const ids = fitting.map((row) => ({ id: deliveryIdOf(webhook.id, row.id, row.createdAt) }));
  const known = new Map<string, Delivery>(
    (await session.getMany(deliveryEntity, ids)).map((delivery) => [delivery.id, delivery]),
  );
  return fitting.flatMap((row, i) => {
    const delivery = known.get(ids[i]!.id);
    // Delivered, or on its way by itself.
    return delivery?.status === 'success' || delivery?.nextRetryAt !== undefined ? [] : [{ row, delivery }];
  });
}

/** A batch is closed minutes after its events at the latest. */
const batchLagMs = 15 * 60_000;

/** Events that reached the endpoint in a batch, or are on their way in one. */
async function eventsInBatches(
  session: TenantSession,
  webhookId: string,
  rows: readonly EventRow[],
): Promise<Set<string>> {
  const inBatches = new Set<string>();
  if (rows.length === 0) return inBatches;
  const deliveries = walkTimeline<Delivery>(session, deliveryTimeline(webhookId), deliveryPosition, {
    entity: deliveryEntity,
    index: 'gsi1',
    order: 'ascending',
    from: rows[0]!.createdAt,
    to: new Date(Date.parse(rows.at(-1)!.createdAt) + batchLagMs).toISOString(),
    pageSize: 100,
  });
  for await (const { status, nextRetryAt, eventIds, eventId } of deliveries)
    if (status === 'success' || nextRetryAt !== undefined) for (const id of eventIds ?? [eventId]) inBatches.add(id);
  return inBatches;
}

async function queue(
  session: TenantSession,
  job: StoredReplayJob,
  webhook: StoredWebhook,
  wanted: readonly Wanted[],
): Promise<void> {
  const now = session.context.now();
  const messages = await Promise.all(
    wanted.map(async ({ row, delivery }): Promise<LaneEntry> => {
      const event = {
        id: row.id,
        type: row.eventType,
        occurredAt: row.createdAt,
        correlationId: row.correlationId,
      };
      const body = await bodyOfRow(session, row);
      const first = { ...firstMessage(session.tenantId, webhook.id, event, body, now), replay: job.id };
      if (job.mode === 'replay')
        return {
          lane: replayLane(job.id),
          message: { ...first, deliveryId: deliveryIdOf(webhook.id, row.id, row.createdAt, job.id) },
        };
      const message: DeliveryMessage =
        delivery === undefined
          ? first
          : { ...messageOf(session.tenantId, delivery), roundBase: delivery.attemptNumber, replay: job.id, body };
      return { lane: aggregateLane(row.aggregateType, row.aggregateId), message };
    }),
  );
  if (job.mode === 'replay' || webhook.ordering === 'aggregate') return enqueueInLanes(session, messages, 0);
  const nowMs = Date.now();
  await sendMessages(
    deliveriesQueue,
    messages.map(({ message }) => encodeDelivery(message, nowMs)),
  );
}

/** Where somebody cancelled the job meanwhile, or another worker made the step, it is as they left it. */
function advance(
  session: TenantSession,
  job: StoredReplayJob,
  changes: Partial<StoredReplayJob> & Pick<ReplayJob, 'status'>,
): Promise<Step<ReturnType<typeof walkOf>>> {
  const page = (job.page ?? 0) + 1;
  const finished = changes.status === 'running' ? {} : { finishedAt: session.context.now() };
  return moveOn(
    async () =>
      walkOf(
        await session.transact('platform', (unit) => unit.update(replayEntity, job, { page, ...changes, ...finished })),
      ),
    async () => walkOf(await session.require(replayEntity, job)),
  );
}
