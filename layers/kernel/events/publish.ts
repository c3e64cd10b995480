/**
 * Publishes a fact that has no row of its own to change with it, such as a batch of readings already stored: the
 * outbox item is the write. Repeat with the same `id` after a crash and consumers see one event.
 */
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { tableName } from '../config/resource-names.ts';
import { documentClient } from '../data/client.ts';
import type { TenantSession } from '../data/session.ts';
import type { EventDefinition, EventInput } from './define-event.ts';
import { toOutboxItem } from './outbox.ts';

/** @param table logical name of the domain's table that carries its outbox */
export async function publish<D extends EventDefinition>(
  session: TenantSession,
  table: string,
  definition: D,
  event: EventInput<D>,
): Promise<string> {
  const item = toOutboxItem(definition, event, session.context);
  await documentClient().send(new PutCommand({ TableName: tableName(table), Item: item }));
  return item.id;
}
