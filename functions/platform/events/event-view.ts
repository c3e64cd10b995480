/** Events as the API answers them. */
import type { z } from 'zod/mini';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { EventRow } from './event-record.ts';
import { loadPayload } from './event-store.ts';
import type { eventView } from './schemas.ts';

type EventView = z.infer<typeof eventView>;

/** 200 events of a page stay within what API Gateway takes from a function (6 MB). */
const listedPayloadLength = 16 * 1024;

export async function viewEvents(session: TenantSession, rows: readonly EventRow[]): Promise<EventView[]> {
  return Promise.all(
    rows.map(async (row) => {
      // A payload in parts is longer than the bound for certain; reading it would be in vain.
      const text = row.parts === undefined ? await loadPayload(session, row) : undefined;
      return text === undefined || text.length > listedPayloadLength ? view(row, undefined) : view(row, text);
    }),
  );
}

export async function viewWholeEvent(session: TenantSession, row: EventRow): Promise<EventView> {
  return view(row, await loadPayload(session, row));
}

function view(row: EventRow, payload: string | undefined): EventView {
  return {
    id: row.id,
    eventType: row.eventType,
    eventSource: row.eventSource,
    aggregateType: row.aggregateType,
    aggregateId: row.aggregateId,
    payload: payload === undefined ? null : JSON.parse(payload),
    payloadOmitted: payload === undefined,
    metadata: { ...row.metadata },
    correlationId: row.correlationId,
    causationId: row.causationId ?? null,
    schemaVersion: row.schemaVersion,
    status: row.status,
    processedAt: row.processedAt,
    createdAt: row.createdAt,
    eventDate: row.createdAt.slice(0, 10),
  };
}
