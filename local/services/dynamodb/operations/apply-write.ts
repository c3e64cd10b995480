/** Carries out a decided write: the item, its index rows, its stream record and the units it costs, in one go. */
import { type CapacityLedger, writeUnits } from '../capacity.ts';
import type { Engine } from '../engine.ts';
import { streamRecordText } from '../storage/build-stream-record.ts';
import type { RowKey } from '../storage/item-store.ts';
import { shardCount } from '../storage/stream-log.ts';
import { expirySecondsOf } from '../tables/expiry.ts';
import { indexKeyOf, isIndexed, projectedItem, type Table, type TableIndex } from '../tables/table.ts';
import type { Item } from '../values/attribute-value.ts';
import { itemsEqual } from '../values/compare-values.ts';
import { itemSizeBytes } from '../values/item-size.ts';
import type { DecidedWrite, PreparedWrite } from './prepare-write.ts';

/** Must run inside a database transaction. */
export function applyWrite(
  engine: Engine,
  { table, keys, rowKey }: Pick<PreparedWrite, 'table' | 'keys' | 'rowKey'>,
  { before, after, afterSizeBytes }: DecidedWrite,
  byService = false,
): void {
  const afterImage = after && { item: after, text: JSON.stringify(after), sizeBytes: afterSizeBytes };
  if (before === undefined && afterImage === undefined) return;
  // "If you perform a PutItem or UpdateItem operation that does not change any data in an item, DynamoDB Streams does
  // not write a stream record for that operation."
  if (before !== undefined && after !== undefined)
    if (before.text === afterImage!.text || itemsEqual(before.item, after)) return;
  if (afterImage === undefined) table.items.delete(rowKey);
  else {
    const expiresAtS = expirySecondsOf(afterImage.item, table.entry.timeToLiveAttribute);
    table.items.put(rowKey, afterImage.text, afterSizeBytes, expiresAtS);
    engine.expiry.note(expiresAtS);
  }
  for (const index of table.indexes) moveIndexRow(index, rowKey, before?.item, after);
  const { stream, definition } = table.entry;
  if (stream !== undefined)
    engine.log.append(
      stream.id,
      shardOf(rowKey),
      streamRecordText(definition.streamViewType!, keys, before, afterImage, byService),
    );
}

/** The hash of the partition key decides, so that all items of one key are in one shard. */
function shardOf({ hash }: RowKey): number {
  return hash[0]! % shardCount;
}

function moveIndexRow(
  { definition, store }: TableIndex,
  key: RowKey,
  before: Item | undefined,
  after: Item | undefined,
): void {
  const oldKey = before && indexKeyOf(before, definition);
  const newKey = after && indexKeyOf(after, definition);
  if (oldKey !== undefined && newKey !== undefined && sameRow(oldKey, newKey)) return;
  if (oldKey !== undefined) store.delete(oldKey, key);
  if (newKey !== undefined) store.put(newKey, key);
}

function sameRow(a: RowKey, b: RowKey): boolean {
  return Buffer.compare(a.hash, b.hash) === 0 && Buffer.compare(a.range, b.range) === 0;
}

/**
 * Counts a write: the table by the larger of both sizes, and every index the write reaches. Index entries are
 * written after a transaction, not by it, and cost the same with and without one.
 * @param factor 2 in a transaction
 */
export function countWrite(ledger: CapacityLedger, table: Table, decided: DecidedWrite, factor = 1): void {
  const { before, after, afterSizeBytes } = decided;
  const { definition } = table.entry;
  ledger.add(definition.name, writeUnits(Math.max(before?.sizeBytes ?? 0, afterSizeBytes)) * factor);
  for (const { definition: index } of table.indexes)
    ledger.add(definition.name, indexUnits(table, index, before?.item, after), index);
}

/**
 * A new or removed index entry is one write, a changed index key two (delete and put), changed projected attributes
 * one, anything else none.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.ThroughputConsiderations.Writes
 */
function indexUnits(
  table: Table,
  index: TableIndex['definition'],
  before: Item | undefined,
  after: Item | undefined,
): number {
  const { definition } = table.entry;
  const oldEntry =
    before !== undefined && isIndexed(before, index) ? projectedItem(before, index, definition) : undefined;
  const newEntry = after !== undefined && isIndexed(after, index) ? projectedItem(after, index, definition) : undefined;
  const unitsOf = (entry: Item | undefined) => (entry === undefined ? 0 : writeUnits(itemSizeBytes(entry)));
  if (oldEntry === undefined || newEntry === undefined) return unitsOf(oldEntry) + unitsOf(newEntry);
  if (!sameRow(indexKeyOf(oldEntry, index)!, indexKeyOf(newEntry, index)!))
    return unitsOf(oldEntry) + unitsOf(newEntry);
  return itemsEqual(oldEntry, newEntry) ? 0 : Math.max(unitsOf(oldEntry), unitsOf(newEntry));
}
