/** Starts, reads and cancels replay jobs. */
import type { z } from 'zod/mini';
import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { auditLog } from '../../../layers/kernel/observability/audit-log.ts';
import { sendMessages } from '../../../layers/kernel/queues/send-messages.ts';
import { patternProblem } from '../../../layers/webhooks/event-pattern.ts';
import { loadCatalog } from '../catalog/load-catalog.ts';
import type { EventRoutes } from '../events/routes.ts';
import type { replayView } from '../events/schemas.ts';
import { webhookEntity } from '../webhooks/webhook-entity.ts';
import {
  encodeStep,
  type ReplayJob,
  replayEntity,
  replaysPartition,
  replaysQueue,
  type StoredReplayJob,
} from './replay-entity.ts';

export async function beginReplay(
  session: TenantSession,
  job: Pick<ReplayJob, 'webhookId' | 'subscriptionId' | 'mode' | 'from' | 'to'> & { types?: string[] | undefined },
): Promise<StoredReplayJob> {
  const webhook = job.webhookId === undefined ? undefined : await session.require(webhookEntity, { id: job.webhookId });
  if (webhook?.isActive === false) throw new AppError('unprocessable', 'The webhook is disabled: enable it first.');
  if (job.from >= job.to) throw new AppError('unprocessable', '"from" must be before "to".');
  const id = newId('rpl');
  const { types, ...rest } = job;
  const step = { tenantId: session.tenantId, jobId: id, page: 0 };
  // A late step goes out before the job is stored, in case this process dies in between: a job without a step would
  // stand still, a step without a job is ignored, and two steps at once do no harm.
  await sendMessages(replaysQueue, [encodeStep(step, 15)]);
  const stored = await session.transact('platform', (unit) =>
    unit.create(replayEntity, {
      id,
      ...rest,
      ...(types === undefined ? {} : { types }),
      status: 'queued',
      page: 0,
      eventsRead: 0,
      eventsQueued: 0,
      createdBy: session.context.actor?.id ?? 'system',
    }),
  );
  await sendMessages(replaysQueue, [encodeStep(step)]);
  const { webhookId, subscriptionId, mode, from, to, createdBy } = stored;
  auditLog('events.replayed', { replayId: id, webhookId, subscriptionId, mode, from, to, by: createdBy });
  return stored;
}

export function viewReplay(job: StoredReplayJob): z.infer<typeof replayView> {
  const { position, types, errorMessage, finishedAt, page: _page, updatedAt: _, ...rest } = job;
  return {
    ...rest,
    webhookId: rest.webhookId ?? null,
    subscriptionId: rest.subscriptionId ?? null,
    types: types ?? null,
    progressAt: position?.[0] ?? null,
    errorMessage: errorMessage ?? null,
    finishedAt: finishedAt ?? null,
  };
}

export const replayOperations: Pick<
  Operations<EventRoutes>,
  'startReplay' | 'listReplays' | 'getReplay' | 'cancelReplay'
> = {
  startReplay: async ({ session, body }) => {
    const { catalogTypes } = body.types ? await loadCatalog() : { catalogTypes: [] };
    const details = (body.types ?? []).flatMap((pattern, i) => {
      const message = patternProblem(pattern, catalogTypes);
      return message === undefined ? [] : [{ in: 'body' as const, path: `/types/${i}`, message }];
    });
    if (details.length > 0) throw new AppError('validation_failed', undefined, { details });
    return { data: viewReplay(await beginReplay(session, { ...body, mode: 'replay' })) };
  },

  listReplays: async ({ session, page }) => {
    const { items, nextCursor } = await session.query<StoredReplayJob>(replayEntity, {
      pk: replaysPartition,
      order: 'descending',
      limit: page.limit,
      cursor: page.cursor,
    });
    return { data: items.map(viewReplay), pagination: { limit: page.limit, nextCursor } };
  },

  getReplay: async ({ session, params }) => ({ data: viewReplay(await session.require(replayEntity, params)) }),

  cancelReplay: async ({ session, params }) => ({
    data: await retryOnChange(async () => {
      const job = await session.require(replayEntity, params);
      if (job.status === 'cancelled') return viewReplay(job);
      // A job that has read its range may still have messages in its lane; cancelling drops them too.
      if (job.status === 'failed') throw new AppError('conflict', 'The replay has failed and sends nothing more.');
      const changes = { status: 'cancelled' as const, finishedAt: session.context.now() };
      return viewReplay(await session.transact('platform', (unit) => unit.update(replayEntity, job, changes)));
    }),
  }),
};
