/** What every operation works on: the database, its tables and streams, and the runtime around them. */
import type { RuntimeContext } from '../../runtime/types.ts';
import { ExpiryTimer } from './expiry-timer.ts';
import { Database } from './storage/database.ts';
import { StreamLog } from './storage/stream-log.ts';
import { TableMetrics } from './table-metrics.ts';
import { Catalog } from './tables/catalog.ts';

export interface Engine {
  readonly context: RuntimeContext;
  readonly database: Database;
  readonly log: StreamLog;
  readonly catalog: Catalog;
  readonly expiry: ExpiryTimer;
  readonly metrics: TableMetrics;
}

export function createEngine(context: RuntimeContext): Engine {
  const database = new Database(context.dataDir);
  const log = new StreamLog(database, context.clock);
  return {
    context,
    database,
    log,
    catalog: new Catalog(context, database, log),
    expiry: new ExpiryTimer(context.clock),
    metrics: new TableMetrics(context),
  };
}
