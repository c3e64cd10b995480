/**
 * Deletes items whose time to live has passed. These deletions cost nothing, and their stream records name the
 * service as their author.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
 */
import type { Engine } from './engine.ts';
import { applyWrite } from './operations/apply-write.ts';
import { keyNames, pick, rowKeyOf, type Table } from './tables/table.ts';

const batchSize = 1000;
/** Items that expired more than five years ago are taken for a mistake and stay. */
const oldestExpiryS = 5 * 365 * 24 * 60 * 60;

/** @returns when the next item expires, in seconds since the epoch; undefined when none does */
export function expireItems(engine: Engine): number | undefined {
  const tables = engine.catalog.all().filter(({ entry }) => entry.timeToLiveAttribute !== undefined);
  const nowS = Math.floor(engine.context.clock.now() / 1000);
  for (const table of tables) expire(engine, table, nowS);
  const next = tables.flatMap(({ items }) => items.nextExpiry(nowS) ?? []);
  return next.length === 0 ? undefined : Math.min(...next);
}

/** Call after a table's time to live was turned on: its items may expire earlier than any before. */
export function watchExpiry({ expiry, context }: Engine, { items }: Table): void {
  expiry.note(items.nextExpiry(context.clock.now() / 1000 - oldestExpiryS));
}

function expire(engine: Engine, table: Table, nowS: number): void {
  const { definition } = table.entry;
  for (;;) {
    const expired = table.items.expired(nowS - oldestExpiryS, nowS, batchSize);
    engine.database.transaction(() => {
      for (const before of expired) {
        const keys = pick(before.item, keyNames(definition));
        const write = { table, keys, rowKey: rowKeyOf(keys, definition) };
        applyWrite(engine, write, { before, after: undefined, afterSizeBytes: 0 }, true);
      }
    });
    if (expired.length < batchSize) return;
  }
}
