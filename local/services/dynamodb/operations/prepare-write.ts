/**
 * Puts, updates, deletes and condition checks share one life: checked and parsed here, decided against the stored
 * item, and applied. Single operations and transactions use the same three steps.
 */
import type { Engine } from '../engine.ts';
import { conditionalCheckFailed, validationError } from '../errors.ts';
import { applyUpdate } from '../expressions/apply-update.ts';
import { conditionHolds } from '../expressions/evaluate-condition.ts';
import { ExpressionScope } from '../expressions/expression-scope.ts';
import type { ParsedCondition, ParsedUpdate } from '../expressions/syntax-tree.ts';
import type { RowKey, StoredItem } from '../storage/item-store.ts';
import { checkIndexKeys, checkItemKeys, checkItemSize, checkKey } from '../tables/check-keys.ts';
import { keyNames, pick, rowKeyOf, type Table } from '../tables/table.ts';
import type { TableDefinition } from '../tables/table-definition.ts';
import { type AttributeValue, emptyItem, type Item } from '../values/attribute-value.ts';
import { normalizeItem } from '../values/normalize-value.ts';
import { type ApiRequest, optionalEnum, refuseLegacyParameters, requiredMap, tableNameOf } from './request-members.ts';

export type WriteAction = 'Put' | 'Update' | 'Delete' | 'ConditionCheck';

export interface PreparedWrite {
  action: WriteAction;
  table: Table;
  /** The key attributes. */
  keys: Item;
  rowKey: RowKey;
  condition: ParsedCondition | undefined;
  values: Record<string, AttributeValue>;
  returnsOldOnFailure: boolean;
  /** Set for updates with an expression. */
  update: ParsedUpdate | undefined;
  /** The item to put, and its size. */
  item: Item | undefined;
  itemSizeBytes: number;
}

/** A write whose item is not yet checked against the table. */
export type ParsedWrite = Omit<PreparedWrite, 'keys' | 'rowKey' | 'itemSizeBytes'> & { key: Item | undefined };

export interface DecidedWrite {
  before: StoredItem | undefined;
  /** Undefined when the item is removed. */
  after: Item | undefined;
  afterSizeBytes: number;
}

/** Throws for everything that can be found without looking at the stored item. */
export function prepareWrite(engine: Engine, action: WriteAction, request: ApiRequest): PreparedWrite {
  return completeWrite(parseWrite(engine, action, request));
}

/** The first half of `prepareWrite`: transactions report what the second half finds in another way. */
export function parseWrite(engine: Engine, action: WriteAction, request: ApiRequest): ParsedWrite {
  refuseLegacyParameters(request);
  const tableName = tableNameOf(request);
  const item = action === 'Put' ? normalizeItem(requiredMap(request, 'Item')) : undefined;
  const key = item === undefined ? normalizeItem(requiredMap(request, 'Key')) : undefined;
  const onFailure = optionalEnum(request, 'ReturnValuesOnConditionCheckFailure', ['ALL_OLD', 'NONE']);
  const scope = new ExpressionScope(
    request,
    action === 'Update' ? ['UpdateExpression', 'ConditionExpression'] : ['ConditionExpression'],
  );
  const update = action === 'Update' ? scope.parse('UpdateExpression') : undefined;
  const condition = scope.parse('ConditionExpression');
  scope.finish();
  if (action === 'ConditionCheck' && condition === undefined)
    throw validationError('The ConditionExpression of a ConditionCheck must not be null');
  const table = engine.catalog.require(tableName);
  const { definition } = table.entry;
  if (key !== undefined) checkKey(key, definition);
  if (update !== undefined) checkUpdatedPaths(update, definition);
  return {
    action,
    table,
    key,
    condition,
    values: scope.values,
    returnsOldOnFailure: onFailure === 'ALL_OLD',
    update,
    item,
  };
}

/** Checks the item to put and finds its place. */
export function completeWrite({ key, ...write }: ParsedWrite): PreparedWrite {
  const { definition } = write.table.entry;
  let itemSizeBytes = 0;
  if (write.item !== undefined) {
    checkItemKeys(write.item, definition);
    itemSizeBytes = checkItemSize(write.item, 'Item size has exceeded the maximum allowed size');
  }
  const keys = key ?? pick(write.item!, keyNames(definition));
  return { ...write, keys, rowKey: rowKeyOf(keys, definition), itemSizeBytes };
}

/** What the write makes of the stored item. Throws ConditionalCheckFailedException, or ValidationException for an update that does not fit the item. */
export function decideWrite(write: PreparedWrite, before: StoredItem | undefined): DecidedWrite {
  const { action, table, condition, values } = write;
  if (condition !== undefined && !conditionHolds(condition.expression, before?.item ?? emptyItem(), values))
    throw conditionalCheckFailed(write.returnsOldOnFailure ? before?.item : undefined);
  if (action === 'Delete') return { before, after: undefined, afterSizeBytes: 0 };
  if (action === 'ConditionCheck') return { before, after: before?.item, afterSizeBytes: before?.sizeBytes ?? 0 };
  if (action === 'Put') return { before, after: write.item!, afterSizeBytes: write.itemSizeBytes };
  if (before === undefined && onlyRemoves(write.update)) return { before, after: undefined, afterSizeBytes: 0 };
  const base = before?.item ?? write.keys;
  const after = write.update === undefined ? base : applyUpdate(write.update, base, values);
  for (const index of table.entry.definition.indexes) checkIndexKeys(after, index);
  const afterSizeBytes = checkItemSize(after, 'Item size to update has exceeded the maximum allowed size');
  return { before, after, afterSizeBytes };
}

/** An update that has nothing to add does not create its item; one without any clause does. */
function onlyRemoves(update: ParsedUpdate | undefined): boolean {
  return update?.sections.every(({ type }) => type === 'remove' || type === 'delete') ?? false;
}

/** Keys never change, and neither keys nor index keys are documents. */
function checkUpdatedPaths(update: ParsedUpdate, definition: TableDefinition): void {
  const names = keyNames(definition);
  for (const [head, ...rest] of update.paths) {
    if (names.includes(head))
      throw validationError(
        `One or more parameter values were invalid: Cannot update attribute ${head}. This attribute is part of the key`,
      );
    const index = definition.indexes.find((candidate) => keyNames(candidate).includes(head));
    if (index !== undefined && rest.length > 0)
      throw validationError(
        `Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: IndexKey: ${head}`,
      );
  }
}
