/** Lists events through the narrowest index the filters allow; what the index cannot say is filtered while reading. */
import type { z } from 'zod/mini';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operation } from '../../../layers/kernel/http/route.ts';
import { matchesEventType } from '../../../layers/webhooks/event-pattern.ts';
import { decodePosition, takePage } from '../timeline/page.ts';
import { type WalkOptions, walkPartitions, walkTimeline } from '../timeline/timeline.ts';
import {
  aggregatePartition,
  correlationPartition,
  type EventPointer,
  type EventRow,
  eventEntity,
  eventPointerEntity,
  eventsTimeline,
  positionOf,
  typeTimeline,
} from './event-record.ts';
import { viewEvents } from './event-view.ts';
import type { EventRoutes } from './routes.ts';
import type { listEventsQuery } from './schemas.ts';

type Filters = z.infer<typeof listEventsQuery>;

export const listEvents: Operation<EventRoutes['listEvents']> = async ({ session, query, page }) => {
  if ((query.aggregateType === undefined) !== (query.aggregateId === undefined))
    throw new AppError('validation_failed', undefined, {
      details: [{ in: 'query', path: '/aggregateId', message: 'aggregateType and aggregateId go together.' }],
    });
  const walk = narrowestWalk(session, query, {
    order: 'descending',
    from: query.from,
    to: query.to,
    after: decodePosition(page.cursor),
    pageSize: Math.min(page.limit + 1, 100),
  });
  const { items, pagination } = await takePage(walk, page.limit, positionOf, (event) => fits(event, query));
  return { data: await viewEvents(session, await whole(session, items)), pagination };
};

function narrowestWalk(
  session: TenantSession,
  filters: Filters,
  options: Omit<WalkOptions, 'entity' | 'index'>,
): AsyncGenerator<EventPointer> {
  const { aggregateType, aggregateId, correlationId, type } = filters;
  if (correlationId !== undefined)
    return walkPartitions<EventPointer>(session, [correlationPartition(correlationId)], positionOf, {
      ...options,
      entity: eventPointerEntity,
    });
  if (aggregateType !== undefined && aggregateId !== undefined)
    return walkPartitions<EventPointer>(session, [aggregatePartition(aggregateType, aggregateId)], positionOf, {
      ...options,
      entity: eventEntity,
      index: 'gsi2',
    });
  if (type !== undefined && !type.includes('*'))
    return walkTimeline<EventPointer>(session, typeTimeline(type), positionOf, {
      ...options,
      entity: eventPointerEntity,
      index: 'gsi1',
    });
  return walkTimeline<EventPointer>(session, eventsTimeline, positionOf, {
    ...options,
    entity: eventEntity,
    index: 'gsi1',
  });
}

function fits(event: EventPointer, { type, source, aggregateType, aggregateId }: Filters): boolean {
  return (
    (type === undefined || matchesEventType(type, event.eventType)) &&
    (source === undefined || source === event.eventSource) &&
    (aggregateType === undefined || aggregateType === event.aggregateType) &&
    (aggregateId === undefined || aggregateId === event.aggregateId)
  );
}

/** Pointers become rows; the order is kept. */
async function whole(session: TenantSession, items: (EventPointer | EventRow)[]): Promise<EventRow[]> {
  const missing = items.filter((item) => !('status' in item)).map(({ id }) => ({ id }));
  if (missing.length === 0) return items as EventRow[];
  const rows = new Map((await session.getMany(eventEntity, missing)).map((row) => [row.id, row as EventRow]));
  return items.flatMap((item) => ('status' in item ? [item] : (rows.get(item.id) ?? [])));
}
