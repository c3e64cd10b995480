/** BatchWriteItem. @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html */
import { CapacityLedger } from '../capacity.ts';
import type { Engine } from '../engine.ts';
import { serializationError, validationError } from '../errors.ts';
import { applyWrite, countWrite } from './apply-write.ts';
import { leavesUnprocessed, throttle } from './inject-faults.ts';
import { capacityChoices } from './item-writes.ts';
import { decideWrite, type PreparedWrite, prepareWrite } from './prepare-write.ts';
import { rowKeyText } from './read-shape.ts';
import { type ApiRequest, constraint, isGiven, optionalEnum, requiredList, requiredMap } from './request-members.ts';

/** A batch has up to 25 puts and deletions. Its 16 MB cannot be exceeded by 25 items of at most 400 KB. */
const maxWrites = 25;

interface BatchedWrite {
  /** The table as the caller named it. */
  tableName: string;
  request: ApiRequest;
  write: PreparedWrite;
}

export function batchWriteItem(engine: Engine, request: ApiRequest): object {
  const asked = optionalEnum(request, 'ReturnConsumedCapacity', capacityChoices);
  const requestItems = requiredMap(request, 'RequestItems');
  if (Object.keys(requestItems).length === 0)
    throw constraint('{}', 'requestItems', 'Member must have length greater than or equal to 1');
  const writes = Object.keys(requestItems).flatMap((tableName) =>
    requiredList(requestItems, tableName, maxWrites).map((entry) => prepareEntry(engine, tableName, entry)),
  );
  if (writes.length > maxWrites) throw validationError('Too many items requested for the BatchWriteItem call');
  checkDistinct(writes);
  for (const table of new Set(writes.map(({ write }) => write.table))) throttle(engine, table, 'write');

  const ledger = new CapacityLedger(engine, 'write');
  const unprocessed: Record<string, ApiRequest[]> = {};
  engine.database.transaction(() => {
    for (const { tableName, request: entry, write } of writes) {
      if (leavesUnprocessed(engine, write.table)) {
        unprocessed[tableName] = [...(unprocessed[tableName] ?? []), entry];
        continue;
      }
      const decided = decideWrite(write, write.table.items.get(write.rowKey));
      applyWrite(engine, write, decided);
      countWrite(ledger, write.table, decided);
    }
  });
  const report = ledger.report(asked);
  return { UnprocessedItems: unprocessed, ...(report === undefined ? {} : { ConsumedCapacity: report }) };
}

function prepareEntry(engine: Engine, tableName: string, entry: ApiRequest): BatchedWrite {
  const { PutRequest: put, DeleteRequest: remove } = entry;
  if (isGiven(put) === isGiven(remove))
    throw validationError(
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
    );
  const action = isGiven(put) ? 'Put' : 'Delete';
  const body = (put ?? remove) as ApiRequest;
  if (typeof body !== 'object') throw serializationError('Unexpected value type in payload');
  const members = action === 'Put' ? { Item: body['Item'] } : { Key: body['Key'] };
  const write = prepareWrite(engine, action, { TableName: tableName, ...members });
  return { tableName, request: entry, write };
}

function checkDistinct(writes: BatchedWrite[]): void {
  const keys = new Set(writes.map(({ write }) => `${write.table.entry.id}\0${rowKeyText(write.rowKey)}`));
  if (keys.size !== writes.length) throw validationError('Provided list of item keys contains duplicates');
}
