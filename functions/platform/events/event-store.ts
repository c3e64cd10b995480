/** Reads and writes of the event log. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { putOne, putStep, writeMany } from '../../../layers/kernel/data/write-many.ts';
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

export interface RecordedEvents {
  /** Those the log did not have. */
  added: EventEnvelope[];
  /** Those that could not be written, by their ids. */
  failed: ReadonlyMap<string, unknown>;
}

/** Writes events of one tenant, one that comes twice once; writing it again leaves it as it was, but for `processedAt`. */
export async function recordEvents(
  session: TenantSession,
  events: readonly EventEnvelope[],
  retentionDays: number,
): Promise<RecordedEvents> {
  const now = session.context.now();
  const unique = new Map(events.map((event) => [event.id, event]));
  const rows = [...unique.values()].map((event) => toStoredEvent(event, retentionDays, now));
  await markDays(
    session,
    rows.flatMap(({ pointer }) => [
      { name: eventsTimeline, time: pointer.createdAt },
      { name: typeTimeline(pointer.eventType), time: pointer.createdAt },
    ]),
  );
  // Rows last: one that is there can be read whole, is found by everything, and has been counted or is about to be.
  await writeMany([
    ...rows.flatMap((event) => event.parts.map((part) => putStep(session, eventPartEntity, part))),
    ...rows.map(({ pointer }) => putStep(session, eventPointerEntity, pointer)),
  ]);
  const outcomes = await Promise.allSettled(rows.map(({ row }) => putOne(session, eventEntity, row)));
  const added: EventEnvelope[] = [];
  const failed = new Map<string, unknown>();
  for (const [i, outcome] of outcomes.entries()) {
    const { id } = rows[i]!.row;
    if (outcome.status === 'rejected') failed.set(id, outcome.reason);
    else if (outcome.value) added.push(unique.get(id)!);
  }
  return { added, failed };
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
