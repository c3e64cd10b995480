/** Query. @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.html */
import type { Engine } from '../engine.ts';
import { validationError } from '../errors.ts';
import { ExpressionScope } from '../expressions/expression-scope.ts';
import { type KeyCondition, readKeyCondition, type SortKeyRange } from '../expressions/key-condition.ts';
import type { Bound } from '../storage/row-range.ts';
import { keyNames } from '../tables/table.ts';
import { afterPrefix, encodePartitionKey, encodeSortKey } from '../values/key-encoding.ts';
import { throttle } from './inject-faults.ts';
import { capacityChoices } from './item-writes.ts';
import { readPage } from './read-page.ts';
import { type StartPosition, startPosition } from './read-position.ts';
import { checkProjection } from './read-shape.ts';
import { readTarget } from './read-target.ts';
import {
  type ApiRequest,
  optionalBoolean,
  optionalEnum,
  optionalInteger,
  refuseLegacyParameters,
} from './request-members.ts';

export function query(engine: Engine, request: ApiRequest): object {
  refuseLegacyParameters(request);
  const limit = optionalInteger(request, 'Limit', 1, 2 ** 31 - 1);
  const reverse = optionalBoolean(request, 'ScanIndexForward') === false;
  const askedCapacity = optionalEnum(request, 'ReturnConsumedCapacity', capacityChoices);
  const scope = new ExpressionScope(request, ['ProjectionExpression', 'FilterExpression', 'KeyConditionExpression']);
  const keyExpression = scope.parse('KeyConditionExpression');
  if (keyExpression === undefined)
    throw validationError(
      'Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.',
    );
  const filter = scope.parse('FilterExpression');
  const projection = scope.parse('ProjectionExpression');
  scope.finish();
  const target = readTarget(engine, request, projection);
  const schema = target.index?.definition ?? target.table.entry.definition;
  const condition = readKeyCondition(keyExpression, scope.values, schema.hash, schema.range);
  checkProjection(projection, target.table);
  const filteredKey = keyNames(schema).find((name) => filter?.pathHeads[name]);
  if (filteredKey !== undefined)
    throw validationError(
      `Filter Expression can only contain non-primary key attributes: Primary key attribute: ${filteredKey}`,
    );
  const partition = encodePartitionKey(condition.partition);
  const bounds = condition.range === undefined ? {} : boundsOf(condition.range);
  const start = startPosition(request, target);
  if (start !== undefined) checkStart(start, partition, bounds, condition);
  throttle(engine, target.table, 'read');
  return readPage(engine, target, {
    range: { partition, ...bounds, reverse, ...(start === undefined ? {} : { after: start.columns.slice(1) }) },
    limit,
    filter,
    values: scope.values,
    projection,
    askedCapacity,
  });
}

interface Bounds {
  lower?: Bound;
  upper?: Bound;
}

function boundsOf({ operator, operands: [first, second] }: SortKeyRange): Bounds {
  const key = encodeSortKey(first);
  switch (operator) {
    case '=':
      return { lower: { key, inclusive: true }, upper: { key, inclusive: true } };
    case '<':
      return { upper: { key, inclusive: false } };
    case '<=':
      return { upper: { key, inclusive: true } };
    case '>':
      return { lower: { key, inclusive: false } };
    case '>=':
      return { lower: { key, inclusive: true } };
    case 'between':
      return { lower: { key, inclusive: true }, upper: { key: encodeSortKey(second!), inclusive: true } };
    case 'begins_with': {
      const end = afterPrefix(key);
      return {
        lower: { key, inclusive: true },
        ...(end === undefined ? {} : { upper: { key: end, inclusive: false } }),
      };
    }
  }
}

function checkStart(
  { columns: [hash, range] }: StartPosition,
  partition: Uint8Array,
  { lower, upper }: Bounds,
  condition: KeyCondition,
): void {
  if (Buffer.compare(hash!, partition) !== 0)
    throw validationError(
      condition.range === undefined
        ? 'The provided starting key is outside query boundaries based on provided conditions'
        : 'The query can return at most one row and cannot be restarted',
    );
  const below = lower !== undefined && Buffer.compare(range!, lower.key) < (lower.inclusive ? 0 : 1);
  const above = upper !== undefined && Buffer.compare(range!, upper.key) > (upper.inclusive ? 0 : -1);
  if (below || above) throw validationError('The provided starting key does not match the range key predicate');
}
