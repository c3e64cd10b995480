/**
 * The outbox: an event is an item in the domain's own table, written in the transaction of the change. The table's
 * stream carries it over an EventBridge Pipe to the bus; nothing calls PutEvents.
 */

import { joinParts, partitionKey } from '../data/keys.ts';
import type { SessionContext } from '../data/session.ts';
import { newId } from '../ids.ts';
import type { EventDefinition, EventInput } from './define-event.ts';
import { type BusDetail, scalarFields } from './envelope.ts';

const outboxType = 'outbox';

/** Items stay a day for inspection and then expire; by then the stream has long carried them on. */
const keepSeconds = 24 * 3600;

export type OutboxItem = BusDetail & { pk: string; sk: string; _type: typeof outboxType; expiresAt: number };

/** Events of one aggregate share a partition, and so a stream shard: they leave the table in order. */
export function toOutboxItem<D extends EventDefinition>(
  definition: D,
  event: EventInput<D>,
  context: SessionContext,
): OutboxItem {
  const id = event.id ?? newId('evt');
  const now = context.now();
  const trace = event.trace ?? context;
  return {
    pk: partitionKey(context.tenantId, ['OUTBOX', definition.aggregateType, event.aggregateId]),
    sk: joinParts([id]),
    _type: outboxType,
    id,
    type: definition.type,
    source: definition.source,
    tenantId: context.tenantId,
    aggregateType: definition.aggregateType,
    aggregateId: event.aggregateId,
    correlationId: trace.correlationId || id,
    causationId: trace.causationId,
    occurredAt: event.occurredAt ?? now,
    schemaVersion: String(definition.schemaVersion),
    payload: JSON.stringify(event.payload),
    metadata: JSON.stringify({
      ...(context.actor ? { userId: context.actor.id } : {}),
      ...(context.workspaceId === undefined ? {} : { workspaceId: context.workspaceId }),
      ...(context.clientIp ? { clientIp: context.clientIp } : {}),
    }),
    expiresAt: Math.floor(Date.parse(now) / 1000) + keepSeconds,
  };
}

/** What the pipe lets through. */
export const outboxFilter = { eventName: ['INSERT'], dynamodb: { NewImage: { _type: { S: [outboxType] } } } };

/** The pipe's input template: from the stream record of an outbox item to the detail of the bus event. */
export function outboxTemplate(): string {
  const fields = [...scalarFields, 'schemaVersion', 'payload', 'metadata'];
  return `{${fields.map((field) => `"${field}": <$.dynamodb.NewImage.${field}.S>`).join(', ')}}`;
}

/** Where the pipe finds the event's type and source for the bus. */
export const outboxPaths = {
  detailType: '$.dynamodb.NewImage.type.S',
  source: '$.dynamodb.NewImage.source.S',
} as const;
