/** The event as consumers see it, and how it travels over the bus: scalars as they are, payload and metadata as JSON text. */

export interface EventEnvelope<P = unknown> {
  /** `evt_<ulid>`; the same event delivered twice has the same id. */
  id: string;
  type: string;
  /** Domain that published it. */
  source: string;
  tenantId: string;
  aggregateType: string;
  aggregateId: string;
  /** Ties together everything that one request or message set off. */
  correlationId: string;
  /** Id of the event that caused this one; empty when a person or device did. */
  causationId: string;
  /** ISO 8601, UTC. */
  occurredAt: string;
  schemaVersion: number;
  payload: P;
  metadata: EventMetadata;
}

export interface EventMetadata {
  userId?: string;
  clientIp?: string;
}

/** Names of the scalar attributes, shared by the outbox item, the pipe's template and the reader. */
export const scalarFields = [
  'id',
  'type',
  'source',
  'tenantId',
  'aggregateType',
  'aggregateId',
  'correlationId',
  'causationId',
  'occurredAt',
] as const;

/** Detail of the EventBridge event. Pipes insert a DynamoDB string as JSON text, so objects travel as text. */
export type BusDetail = Record<(typeof scalarFields)[number], string> & {
  schemaVersion: string;
  payload: string;
  metadata: string;
};

/** @throws Error when the detail is not an event of ours: a bug, so the message goes to the dead-letter queue */
export function readEnvelope<P = unknown>(detail: unknown): EventEnvelope<P> {
  const raw = detail as Partial<BusDetail>;
  if (
    typeof raw?.id !== 'string' ||
    typeof raw.type !== 'string' ||
    typeof raw.tenantId !== 'string' ||
    typeof raw.payload !== 'string'
  ) {
    throw new Error('Not a Mizan event: id, type, tenantId and payload are needed.');
  }
  return {
    id: raw.id,
    type: raw.type,
    source: raw.source ?? '',
    tenantId: raw.tenantId,
    aggregateType: raw.aggregateType ?? '',
    aggregateId: raw.aggregateId ?? '',
    correlationId: raw.correlationId ?? '',
    causationId: raw.causationId ?? '',
    occurredAt: raw.occurredAt ?? '',
    schemaVersion: Number(raw.schemaVersion ?? 1),
    payload: JSON.parse(raw.payload) as P,
    metadata: raw.metadata ? (JSON.parse(raw.metadata) as EventMetadata) : {},
  };
}

export function toBusDetail(event: EventEnvelope): BusDetail {
  return {
    ...event,
    schemaVersion: String(event.schemaVersion),
    payload: JSON.stringify(event.payload),
    metadata: JSON.stringify(event.metadata),
  };
}
