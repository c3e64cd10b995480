/** Lambda entry: whoever walks a route is told on the telephone when it becomes theirs, is changed, or is taken away again. */
import * as z from 'zod/mini';
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { consumeEventBatch } from '../../../layers/kernel/events/consume.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { handleEach } from '../../../layers/kernel/queues/consume-batch.ts';
import { sendMessages } from '../../../layers/kernel/queues/send-messages.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { judgeFailure } from '../messages/judge-failure.ts';
import { readMessageSettings } from '../messages/message-settings.ts';
import { quietUntil } from '../messages/quiet-hours.ts';
import { routeChanges } from '../mobile/field-events.ts';
import { readingRouteEntity } from '../mobile/route-entity.ts';
import { type Notice, pushToUsers } from './push-to-users.ts';

export const fieldNoticesQueue = 'field-notices';
const maxReceives = 5;
/** A queue delays no longer. */
const longestDelaySeconds = 900;
/** By then the app has synced, or nobody looks. */
const staleMs = 24 * 3_600_000;

const payloadSchema = z.object({ routeId: z.string(), userId: z.string(), change: z.enum(routeChanges) });
type RouteChange = z.infer<typeof payloadSchema>;

const bodies: Record<RouteChange['change'], { en: string; ar: string }> = {
  assigned: { en: 'A route was assigned to you.', ar: 'أُسندت إليك جولة.' },
  changed: { en: 'One of your routes was changed.', ar: 'عُدّلت إحدى جولاتك.' },
  withdrawn: { en: 'One of your routes was given to somebody else.', ar: 'أُسندت إحدى جولاتك إلى غيرك.' },
};

export const handler = consumeEventBatch((events) =>
  handleEach(events, async ({ envelope, receiveCount, body }) => {
    const { tenantId, correlationId, occurredAt, payload } = envelope;
    const session = openSession(tenantId, { correlationId });
    const nowMs = Date.parse(session.context.now());
    if (nowMs - Date.parse(occurredAt) > staleMs) return;
    const delaySeconds =
      (await quietSeconds(session, nowMs)) ??
      (await tell(session, payloadSchema.parse(payload), occurredAt, receiveCount >= maxReceives));
    if (delaySeconds !== undefined) await sendMessages(fieldNoticesQueue, [{ body, delaySeconds }]);
  }),
);

async function quietSeconds(session: TenantSession, nowMs: number): Promise<number | undefined> {
  const [{ quietHours }, { timeZone }] = await Promise.all([readMessageSettings(session), tenantProfile(session)]);
  const until = quietUntil(nowMs, quietHours, timeZone);
  return until === undefined ? undefined : Math.min(longestDelaySeconds, Math.ceil((until - nowMs) / 1000));
}

/** @returns after how many seconds to try again */
async function tell(
  session: TenantSession,
  change: RouteChange,
  occurredAt: string,
  isLastTry: boolean,
): Promise<number | undefined> {
  if (!(await isStillTrue(session, change))) return undefined;
  const { name } = await tenantProfile(session);
  const noticeIn = (language: 'ar' | 'en'): Notice => ({ title: name, body: bodies[change.change][language] });
  try {
    await pushToUsers(session, {
      userIds: [change.userId],
      notice: { ar: noticeIn('ar'), en: noticeIn('en') },
      data: { kind: `route_${change.change}`, routeId: change.routeId },
      reference: referenceOf(change, occurredAt),
    });
  } catch (error) {
    const verdict = judgeFailure(error, { updatedAt: occurredAt }, Date.parse(session.context.now()), isLastTry);
    if (verdict === undefined) throw error;
    if ('againAfterSeconds' in verdict) return verdict.againAfterSeconds;
    logger.warn('field staff not told', { routeId: change.routeId, reason: verdict.reason });
  }
  return undefined;
}

/** What changed back before it could be told is not told. */
async function isStillTrue(session: TenantSession, { routeId, userId, change }: RouteChange): Promise<boolean> {
  const route = await session.get(readingRouteEntity, { id: routeId }, { consistent: true });
  const isTheirs = route?.assigneeId === userId && route.status === 'open';
  return change === 'withdrawn' ? route?.assigneeId !== userId : isTheirs;
}

/** Of many edits in an hour one is told. */
const referenceOf = ({ routeId, userId, change }: RouteChange, occurredAt: string): string =>
  `route ${routeId} ${userId} ${change} ${change === 'changed' ? occurredAt.slice(0, 13) : occurredAt}`;
