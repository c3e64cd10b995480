/** The body of a delivery: the one that travels with the message, or the same text built from the event log. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { batchBody, eventBody, filteredBody } from '../../../layers/webhooks/message-body.ts';
import { type EventRow, eventEntity } from '../events/event-record.ts';
import { loadPayload } from '../events/event-store.ts';
import type { Webhook } from '../webhooks/webhook-entity.ts';

export interface BodySource {
  messageId: string;
  eventIds?: string[] | undefined;
  eventTime: string;
  body?: string | undefined;
}

/** @returns undefined when an event is not in the log: not yet, or no longer */
export async function loadBody(session: TenantSession, source: BodySource): Promise<string | undefined> {
  if (source.body !== undefined) return source.body;
  const ids = source.eventIds ?? [source.messageId];
  const rows = new Map(
    (
      await session.getMany(
        eventEntity,
        ids.map((id) => ({ id })),
      )
    ).map((row) => [row.id, row]),
  );
  if (ids.some((id) => !rows.has(id))) return undefined;
  const bodies = await Promise.all(ids.map((id) => bodyOfRow(session, rows.get(id)!)));
  return source.eventIds === undefined ? bodies[0] : batchBody(source.messageId, source.eventTime, bodies);
}

/** What of a body is sent to an endpoint, and so what its deliveries show: what its filter asks for. */
export function bodyFor({ filter }: Pick<Webhook, 'filter'>, body: string): string {
  return filter === undefined ? body : filteredBody(body, filter);
}

export async function bodyOfRow(session: TenantSession, row: EventRow): Promise<string> {
  return eventBody({
    id: row.id,
    type: row.eventType,
    source: row.eventSource,
    occurredAt: row.createdAt,
    aggregateType: row.aggregateType,
    aggregateId: row.aggregateId,
    correlationId: row.correlationId,
    schemaVersion: row.schemaVersion,
    payload: await loadPayload(session, row),
  });
}
