/** TransactGetItems. @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactGetItems.html */
import { CapacityLedger, readUnits, transactionFactor } from '../capacity.ts';
import type { Engine } from '../engine.ts';
import { validationError } from '../errors.ts';
import { capacityChoices } from './item-writes.ts';
import { checkProjection, parseProjection, projected, readRowKey, rowKeyText } from './read-shape.ts';
import { type ApiRequest, optionalEnum, requiredList, requiredMap, tableNameOf } from './request-members.ts';
import { injectedReason, noReason, transactionCancelled } from './transaction-cancelled.ts';

const maxActions = 100;
const maxBytes = 4 * 1024 * 1024;

export function transactGetItems(engine: Engine, request: ApiRequest): object {
  const asked = optionalEnum(request, 'ReturnConsumedCapacity', capacityChoices);
  const reads = requiredList(request, 'TransactItems', maxActions).map((item) => {
    const get = requiredMap(item, 'Get');
    const tableName = tableNameOf(get);
    const key = requiredMap(get, 'Key');
    const projection = parseProjection(get);
    const table = engine.catalog.require(tableName);
    checkProjection(projection, table);
    return { table, projection, rowKey: readRowKey(key, table) };
  });
  const keys = new Set(reads.map(({ table, rowKey }) => `${table.entry.id}\0${rowKeyText(rowKey)}`));
  if (keys.size !== reads.length)
    throw validationError('Transaction request cannot include multiple operations on one item');
  const reasons = reads.map(({ table }) => injectedReason(engine, table) ?? noReason);
  if (reasons.some((reason) => reason !== noReason)) throw transactionCancelled(reasons);

  const ledger = new CapacityLedger(engine, 'read');
  const stored = reads.map(({ table, rowKey }) => table.items.get(rowKey));
  if (stored.reduce((sum, item) => sum + (item?.sizeBytes ?? 0), 0) > maxBytes)
    throw validationError('Transaction payload size has exceeded the maximum allowed size of 4 MB');
  const responses = reads.map(({ table, projection }, index) => {
    const item = stored[index];
    ledger.add(table.entry.definition.name, readUnits(item?.sizeBytes ?? 0, true) * transactionFactor);
    return item === undefined ? {} : { Item: projected(item.item, projection) };
  });
  const report = ledger.report(asked, true);
  return { Responses: responses, ...(report === undefined ? {} : { ConsumedCapacity: report }) };
}
