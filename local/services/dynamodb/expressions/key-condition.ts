/**
 * Turns a key condition expression into one partition and a range of sort keys.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.KeyConditionExpressions.html
 */
import { validationError } from '../errors.ts';
import type { KeyAttribute } from '../tables/table-definition.ts';
import type { AttributeValue } from '../values/attribute-value.ts';
import { type ConditionNode, isPath, isReference, type Operand, type ParsedCondition } from './syntax-tree.ts';

type RangeOperator = '=' | '<' | '<=' | '>' | '>=' | 'between' | 'begins_with';

export interface SortKeyRange {
  operator: RangeOperator;
  /** The second is the upper bound of `between`. */
  operands: [AttributeValue, AttributeValue?];
}

export interface KeyCondition {
  partition: AttributeValue;
  range?: SortKeyRange;
}

const invalidOperator = 'Invalid operator used in KeyConditionExpression: ';
const mirrored: Record<string, RangeOperator> = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

export function readKeyCondition(
  parsed: ParsedCondition,
  values: Record<string, AttributeValue>,
  hash: KeyAttribute,
  range: KeyAttribute | undefined,
): KeyCondition {
  const conditions = new Map<string, SortKeyRange>();
  collect(parsed.expression, values, conditions);
  if (conditions.size > 2) throw validationError('Conditions can be of length 1 or 2 only');
  const partition = conditions.get(hash.name);
  if (partition === undefined) throw validationError(`Query condition missed key schema element: ${hash.name}`);
  if (partition.operator !== '=') throw validationError('Query key condition not supported');
  checkType(hash, partition);
  const sort = range === undefined ? undefined : conditions.get(range.name);
  if (conditions.size === 2 && sort === undefined)
    throw validationError(
      range === undefined
        ? 'Query key condition not supported'
        : `Query condition missed key schema element: ${range.name}`,
    );
  if (sort !== undefined) checkType(range!, sort);
  return { partition: partition.operands[0], ...(sort === undefined ? {} : { range: sort }) };
}

function collect(
  node: ConditionNode,
  values: Record<string, AttributeValue>,
  conditions: Map<string, SortKeyRange>,
): void {
  switch (node.type) {
    case 'and':
      for (const part of node.args) collect(part, values, conditions);
      return;
    case 'or':
    case 'not':
    case 'in':
    case '<>':
      throw validationError(invalidOperator + node.type.toUpperCase());
    case 'function':
      if (node.name !== 'begins_with') throw validationError(invalidOperator + node.name);
      add('begins_with', node.args, false);
      return;
    case 'between':
      add('between', node.args, false);
      return;
    default:
      add(node.type, node.args, true);
      return;
  }

  function add(operator: RangeOperator, args: Operand[], canMirror: boolean): void {
    const position = args.findIndex(isPath);
    const path = args[position];
    if (path === undefined || !isPath(path))
      throw validationError('Invalid condition in KeyConditionExpression: No key attribute specified');
    if (position > 0 && !canMirror)
      throw validationError(
        `Invalid condition in KeyConditionExpression: ${operator === 'between' ? 'BETWEEN' : operator} operator must have the key attribute as its first operand`,
      );
    if (args.filter(isPath).length > 1)
      throw validationError(
        'Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition',
      );
    if (path.length > 1) throw validationError('KeyConditionExpressions cannot have conditions on nested attributes');
    if (conditions.has(path[0]))
      throw validationError('KeyConditionExpressions must only contain one condition per key');
    const operands = args.filter((arg) => !isPath(arg)).map((arg) => literal(arg, values));
    conditions.set(path[0], {
      operator: position > 0 ? mirrored[operator]! : operator,
      operands: operands as [AttributeValue, AttributeValue?],
    });
  }
}

function literal(operand: Operand, values: Record<string, AttributeValue>): AttributeValue {
  if (!isPath(operand) && isReference(operand)) return values[operand.ref]!;
  throw validationError('KeyConditionExpressions cannot contain nested operations');
}

function checkType(key: KeyAttribute, { operands }: SortKeyRange): void {
  if (operands.some((operand) => operand?.[key.type] === undefined))
    throw validationError(
      'One or more parameter values were invalid: Condition parameter type does not match schema type',
    );
  if (operands.some((operand) => operand?.S === '' || operand?.B === ''))
    throw validationError(
      `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${key.type === 'S' ? 'string' : 'binary'} value. Key: ${key.name}`,
    );
}
