/** Reads and writes of the event log. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { type BatchStep, putStep, writeMany } from '../../../layers/kernel/data/write-many.ts';
import { notFound } from '../../../layers/kernel/errors/app-error.ts';
import type { EventEnvelope } from '../../../layers/kernel/events/envelope.ts';
import { markDays } from '../timeline/timeline.ts';
import {
  type EventPart,
  type EventRow,
  eventEntity,
  eventPartEntity,
  eventPointerEntity,
  eventsTimeline,
  payloadText,
  toStoredEvent,
  typeTimeline,
} from './event-record.ts';

/** Writes events of one tenant; writing the same event again leaves it as it was, but for `processedAt`. */
export async function recordEvents(
  session: TenantSession,
  events: readonly EventEnvelope[],
  retentionDays: number,
): Promise<void> {
  const now = session.context.now();
  const stored = new Map(events.map((event) => [event.id, toStoredEvent(event, retentionDays, now)]));
  const rows = [...stored.values()];
  await markDays(
    session,
    rows.flatMap(({ pointer }) => [
      { name: eventsTimeline, time: pointer.createdAt },
      { name: typeTimeline(pointer.eventType), time: pointer.createdAt },
    ]),
  );
  // Parts first: a row that is there can be read whole.
  const parts = rows.flatMap((event) => event.parts.map((part) => putStep(session, eventPartEntity, part)));
  await writeMany(parts);
  await writeMany(
    rows.flatMap(({ row, pointer }): BatchStep[] => [
      putStep(session, eventEntity, row),
      putStep(session, eventPointerEntity, pointer),
    ]),
  );
}

/** The JSON text of a row's payload, whatever way it is kept. */
export async function loadPayload(session: TenantSession, row: EventRow): Promise<string> {
  if (row.parts === undefined) return payloadText(row);
  const { items } = await session.query<EventPart>(eventPartEntity, {
    pk: ['EVENT', row.id],
    beginsWith: ['PART', ''],
    limit: row.parts,
    consistent: true,
  });
  return payloadText(row, items);
}

export async function requireEvent(session: TenantSession, id: string): Promise<EventRow> {
  const row = await session.get(eventEntity, { id });
  if (row === undefined) throw notFound('event', id);
  return row;
}
