/**
 * Bodies of webhook messages: `type`, `timestamp` and `data` as the Standard Webhooks specification recommends
 * (section "Payload structure"), and what else the envelope says. A body is written once per event, whoever gets it.
 */

import { type PayloadFilter, pruneByFilter } from './payload-filter.ts';

export interface EventForBody {
  id: string;
  type: string;
  source: string;
  /** ISO 8601. */
  occurredAt: string;
  aggregateType: string;
  aggregateId: string;
  correlationId: string;
  schemaVersion: number;
  /** JSON text. */
  payload: string;
}

export const batchType = 'batch';

/** The same event always gives the same text, byte by byte: a retry can be signed anew from the event log. */
export function eventBody({ payload, ...event }: EventForBody): string {
  const head = JSON.stringify({
    id: event.id,
    type: event.type,
    timestamp: event.occurredAt,
    source: event.source,
    aggregateType: event.aggregateType,
    aggregateId: event.aggregateId,
    correlationId: event.correlationId,
    schemaVersion: event.schemaVersion,
  });
  return `${head.slice(0, -1)},"data":${payload}}`;
}

/** One message of many events, each as it would have come alone. */
export function batchBody(id: string, timestamp: string, bodies: readonly string[]): string {
  return `{"id":${JSON.stringify(id)},"type":"${batchType}","timestamp":"${timestamp}","data":[${bodies.join(',')}]}`;
}

/** A body, of one event or of a batch, with only those elements of lists that the endpoint's filter asks for. */
export function filteredBody(body: string, filter: PayloadFilter): string {
  const message = JSON.parse(body) as { type: string; data: unknown };
  const data =
    message.type === batchType
      ? (message.data as { data: unknown }[]).map((event) => ({ ...event, data: pruneByFilter(filter, event.data) }))
      : pruneByFilter(filter, message.data);
  return JSON.stringify({ ...message, data });
}
