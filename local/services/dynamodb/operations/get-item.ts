/** GetItem. @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetItem.html */
import { CapacityLedger, readUnits } from '../capacity.ts';
import type { Engine } from '../engine.ts';
import { throttle } from './inject-faults.ts';
import { capacityChoices } from './item-writes.ts';
import { checkProjection, parseProjection, projected, readRowKey } from './read-shape.ts';
import {
  type ApiRequest,
  optionalBoolean,
  optionalEnum,
  refuseLegacyParameters,
  requiredMap,
  tableNameOf,
} from './request-members.ts';

export function getItem(engine: Engine, request: ApiRequest): object {
  refuseLegacyParameters(request);
  const tableName = tableNameOf(request);
  const key = requiredMap(request, 'Key');
  const asked = optionalEnum(request, 'ReturnConsumedCapacity', capacityChoices);
  const consistent = optionalBoolean(request, 'ConsistentRead') ?? false;
  const projection = parseProjection(request);
  const table = engine.catalog.require(tableName);
  checkProjection(projection, table);
  const rowKey = readRowKey(key, table);
  throttle(engine, table, 'read');
  const stored = table.items.get(rowKey);
  const ledger = new CapacityLedger(engine, 'read');
  ledger.add(table.entry.definition.name, readUnits(stored?.sizeBytes ?? 0, consistent));
  const report = ledger.report(asked);
  return {
    ...(stored === undefined ? {} : { Item: projected(stored.item, projection) }),
    ...(report === undefined ? {} : { ConsumedCapacity: report[0] }),
  };
}
