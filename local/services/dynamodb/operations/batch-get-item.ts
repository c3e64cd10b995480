/** BatchGetItem. @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
import { CapacityLedger, readUnits } from '../capacity.ts';
import type { Engine } from '../engine.ts';
import { serializationError, validationError } from '../errors.ts';
import type { Item } from '../values/attribute-value.ts';
import { leavesUnprocessed, throttle } from './inject-faults.ts';
import { capacityChoices } from './item-writes.ts';
import { checkProjection, parseProjection, projected, readRowKey, rowKeyText } from './read-shape.ts';
import {
  type ApiRequest,
  constraint,
  optionalBoolean,
  optionalEnum,
  refuseLegacyParameters,
  requiredList,
  requiredMap,
} from './request-members.ts';

/** A batch asks for up to 100 items and gets up to 16 MB. */
const maxKeys = 100;
const maxResponseBytes = 16 * 1024 * 1024;

export function batchGetItem(engine: Engine, request: ApiRequest): object {
  const asked = optionalEnum(request, 'ReturnConsumedCapacity', capacityChoices);
  const requests = Object.entries(requiredMap(request, 'RequestItems'));
  if (requests.length === 0)
    throw constraint('{}', 'requestItems', 'Member must have length greater than or equal to 1');
  const reads = requests.map(([name, value]) => prepareReads(engine, name, value));
  if (reads.reduce((sum, { keys }) => sum + keys.length, 0) > maxKeys)
    throw validationError('Too many items requested for the BatchGetItem call');
  for (const { table } of reads) throttle(engine, table, 'read');

  const ledger = new CapacityLedger(engine, 'read');
  const responses: Record<string, Item[]> = {};
  const unprocessed: Record<string, object> = {};
  let responseBytes = 0;
  for (const { name, tableRequest, table, projection, consistent, keys } of reads) {
    const items: Item[] = [];
    const skipped: unknown[] = [];
    for (const { key, rowKey } of keys) {
      const stored = table.items.get(rowKey);
      if (leavesUnprocessed(engine, table) || responseBytes + (stored?.sizeBytes ?? 0) > maxResponseBytes) {
        skipped.push(key);
        continue;
      }
      ledger.add(table.entry.definition.name, readUnits(stored?.sizeBytes ?? 0, consistent));
      if (stored === undefined) continue;
      responseBytes += stored.sizeBytes;
      items.push(projected(stored.item, projection));
    }
    responses[name] = items;
    if (skipped.length > 0) unprocessed[name] = { ...tableRequest, Keys: skipped };
  }
  const report = ledger.report(asked);
  return {
    Responses: responses,
    UnprocessedKeys: unprocessed,
    ...(report === undefined ? {} : { ConsumedCapacity: report }),
  };
}

function prepareReads(engine: Engine, name: string, value: unknown) {
  if (typeof value !== 'object' || value === null) throw serializationError('Unexpected value type in payload');
  const tableRequest = value as ApiRequest;
  refuseLegacyParameters(tableRequest);
  const list = requiredList(tableRequest, 'Keys', maxKeys);
  const consistent = optionalBoolean(tableRequest, 'ConsistentRead') ?? false;
  const projection = parseProjection(tableRequest);
  const table = engine.catalog.require(name);
  checkProjection(projection, table);
  const keys = list.map((key) => ({ key, rowKey: readRowKey(key, table) }));
  if (new Set(keys.map(({ rowKey }) => rowKeyText(rowKey))).size !== keys.length)
    throw validationError('Provided list of item keys contains duplicates');
  return { name, tableRequest, table, projection, consistent, keys };
}
