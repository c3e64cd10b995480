/** Publishes many facts at once, for streams whose events carry batches: like `publish`, 25 outbox items a call. */
import { putAll, type RawItem } from '../data/bulk.ts';
import type { TenantSession } from '../data/session.ts';
import type { EventDefinition, EventInput } from './define-event.ts';
import { toOutboxItem } from './outbox.ts';

export interface Publication<D extends EventDefinition = EventDefinition<string, any>> {
  session: TenantSession;
  definition: D;
  /** Needs an id: a batch that is tried again must give the same events. */
  event: EventInput<D> & { id: string };
}

/**
 * @param table logical name of the domain's table that carries its outbox
 * @returns ids of events DynamoDB would not take for now; empty when all are published
 */
export async function publishMany(table: string, publications: readonly Publication[]): Promise<Set<string>> {
  // The same event twice in one batch would be refused as a duplicate key.
  const items = new Map(
    publications.map(({ session, definition, event }) => [
      event.id,
      toRaw(toOutboxItem(definition, event, session.context)),
    ]),
  );
  const unwritten = await putAll(table, [...items.values()]);
  return new Set(unwritten.map((item) => item['id']!.S!));
}

function toRaw(item: object): RawItem {
  const raw: RawItem = {};
  for (const [name, value] of Object.entries(item))
    raw[name] = typeof value === 'number' ? { N: String(value) } : { S: value as string };
  return raw;
}
