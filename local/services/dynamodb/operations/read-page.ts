/**
 * One page of a Query or Scan: items are read until the limit or 1 MB, then filtered; what was read is paid, what was
 * filtered away too.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Pagination.html
 */
import { CapacityLedger, readUnits } from '../capacity.ts';
import type { Engine } from '../engine.ts';
import { conditionHolds } from '../expressions/evaluate-condition.ts';
import type { ParsedCondition, ParsedProjection } from '../expressions/syntax-tree.ts';
import type { RowRange } from '../storage/row-range.ts';
import type { AttributeValue, Item } from '../values/attribute-value.ts';
import { positionOf } from './read-position.ts';
import { projected } from './read-shape.ts';
import type { ReadTarget } from './read-target.ts';

const maxPageBytes = 1024 * 1024;

export interface PageRequest {
  range: RowRange;
  limit: number | undefined;
  filter: ParsedCondition | undefined;
  values: Record<string, AttributeValue>;
  projection: ParsedProjection | undefined;
  askedCapacity: string | undefined;
}

export function readPage(engine: Engine, target: ReadTarget, page: PageRequest): object {
  const items: Item[] = [];
  let count = 0;
  let scanned = 0;
  let pageBytes = 0;
  let fetchUnits = 0;
  let last: Item | undefined;
  let hasMore = false;
  for (const stored of target.rows(page.range)) {
    const seen = target.see(stored);
    scanned += 1;
    pageBytes += seen.sizeBytes;
    if (seen.fetchedBytes !== undefined) fetchUnits += readUnits(seen.fetchedBytes, target.consistent);
    last = stored.item;
    if (page.filter === undefined || conditionHolds(page.filter.expression, seen.item, page.values)) {
      count += 1;
      if (!target.countOnly) items.push(projected(seen.item, page.projection));
    }
    // A full page says "there may be more" without looking, so a following page can be empty.
    if (scanned === page.limit || pageBytes >= maxPageBytes) {
      hasMore = true;
      break;
    }
  }
  const ledger = new CapacityLedger(engine, 'read');
  const tableName = target.table.entry.definition.name;
  ledger.add(tableName, readUnits(pageBytes, target.consistent), target.index?.definition);
  ledger.add(tableName, fetchUnits);
  const report = ledger.report(page.askedCapacity);
  return {
    ...(target.countOnly ? {} : { Items: items }),
    Count: count,
    ScannedCount: scanned,
    ...(hasMore ? { LastEvaluatedKey: positionOf(last!, target) } : {}),
    ...(report === undefined ? {} : { ConsumedCapacity: report[0] }),
  };
}
