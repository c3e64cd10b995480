/**
 * PutItem, UpdateItem and DeleteItem.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithItems.html
 */
import { CapacityLedger, writeUnits } from '../capacity.ts';
import type { Engine } from '../engine.ts';
import { validationError } from '../errors.ts';
import { project } from '../expressions/document-path.ts';
import type { Item } from '../values/attribute-value.ts';
import { applyWrite, countWrite } from './apply-write.ts';
import { throttle } from './inject-faults.ts';
import { itemCollectionMetrics } from './item-collection-metrics.ts';
import { type DecidedWrite, decideWrite, type PreparedWrite, prepareWrite } from './prepare-write.ts';
import { type ApiRequest, optionalEnum } from './request-members.ts';

const returnValues = ['ALL_NEW', 'UPDATED_OLD', 'ALL_OLD', 'NONE', 'UPDATED_NEW'] as const;
export const capacityChoices = ['INDEXES', 'TOTAL', 'NONE'] as const;

export function putItem(engine: Engine, request: ApiRequest): object {
  return writeItem(engine, 'Put', request);
}

export function updateItem(engine: Engine, request: ApiRequest): object {
  return writeItem(engine, 'Update', request);
}

export function deleteItem(engine: Engine, request: ApiRequest): object {
  return writeItem(engine, 'Delete', request);
}

function writeItem(engine: Engine, action: 'Put' | 'Update' | 'Delete', request: ApiRequest): object {
  const returned = optionalEnum(request, 'ReturnValues', returnValues) ?? 'NONE';
  const asked = optionalEnum(request, 'ReturnConsumedCapacity', capacityChoices);
  if (action !== 'Update' && returned !== 'NONE' && returned !== 'ALL_OLD')
    throw validationError('ReturnValues can only be ALL_OLD or NONE');
  const write = prepareWrite(engine, action, request);
  throttle(engine, write.table, 'write');
  const ledger = new CapacityLedger(engine, 'write');
  const decided = engine.database.transaction(() => {
    const before = write.table.items.get(write.rowKey);
    const decision = decideOrCount(write, before, ledger);
    applyWrite(engine, write, decision);
    return decision;
  });
  countWrite(ledger, write.table, decided);
  const attributes = attributesToReturn(returned, write, decided);
  return {
    ...(attributes === undefined ? {} : { Attributes: attributes }),
    ...consumed(ledger, asked),
    ...itemCollectionMetrics(request, write),
  };
}

/**
 * "If a ConditionExpression evaluates to false during a conditional write, DynamoDB still consumes write capacity",
 * by the size of the existing item.
 */
function decideOrCount(write: PreparedWrite, before: DecidedWrite['before'], ledger: CapacityLedger): DecidedWrite {
  try {
    return decideWrite(write, before);
  } catch (error) {
    if ((error as Error).name === 'ConditionalCheckFailedException')
      ledger.add(write.table.entry.definition.name, writeUnits(before?.sizeBytes ?? 0));
    throw error;
  }
}

function attributesToReturn(
  returned: (typeof returnValues)[number],
  { update }: PreparedWrite,
  { before, after }: DecidedWrite,
): Item | undefined {
  switch (returned) {
    case 'NONE':
      return undefined;
    case 'ALL_OLD':
      return before?.item;
    case 'ALL_NEW':
      return after;
    case 'UPDATED_OLD':
      return updatedPart(before?.item, update);
    case 'UPDATED_NEW':
      return updatedPart(after, update);
  }
}

function updatedPart(item: Item | undefined, update: PreparedWrite['update']): Item | undefined {
  if (item === undefined || update === undefined) return undefined;
  const part = project(item, update.paths);
  return Object.keys(part).length === 0 ? undefined : part;
}

function consumed(ledger: CapacityLedger, asked: unknown): object {
  const report = ledger.report(asked);
  return report === undefined ? {} : { ConsumedCapacity: report[0] };
}
