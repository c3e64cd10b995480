/**
 * Housekeeping on modelled time: deletes items whose time to live has passed and forgets old stream records. AWS
 * deletes "within a few days"; a minute keeps a test with a turned clock short, and code must not count on either.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
 */
import type { ClockTimer } from '../../runtime/types.ts';
import type { Engine } from './engine.ts';
import { applyWrite } from './operations/apply-write.ts';
import { keyNames, pick, rowKeyOf, type Table } from './tables/table.ts';

const sweepEveryMs = 30_000;
const batchSize = 1000;
/** "Items with a timestamp older than five years are not deleted". */
const oldestExpiryS = 5 * 365 * 24 * 60 * 60;

/** @returns a function that stops it */
export function startExpiring(engine: Engine): () => void {
  let timer: ClockTimer | undefined;
  const schedule = () => {
    timer = engine.context.clock.setTimer(sweepEveryMs, () => {
      for (const table of engine.catalog.all())
        if (table.entry.timeToLiveAttribute !== undefined) expire(engine, table);
      engine.log.trim();
      schedule();
    });
  };
  schedule();
  return () => timer?.cancel();
}

/** These deletions cost nothing, and their stream records name the service as their author. */
function expire(engine: Engine, table: Table): void {
  const nowS = Math.floor(engine.context.clock.now() / 1000);
  const { definition } = table.entry;
  for (;;) {
    const expired = table.items.expired(nowS - oldestExpiryS, nowS, batchSize);
    engine.database.transaction(() => {
      for (const before of expired) {
        const write = {
          table,
          keys: pick(before.item, keyNames(definition)),
          rowKey: rowKeyOf(before.item, definition),
        };
        applyWrite(engine, write, { before, after: undefined, afterSizeBytes: 0 }, true);
      }
    });
    if (expired.length < batchSize) return;
  }
}
