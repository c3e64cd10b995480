/**
 * Decides conditions and filters.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
 */
import { type AttributeValue, type Item, typeOf } from '../values/attribute-value.ts';
import { compareValues, valuesEqual } from '../values/compare-values.ts';
import { valueAt } from './document-path.ts';
import { type ConditionNode, type FunctionCall, isPath, isReference, type Operand } from './syntax-tree.ts';

type Values = Record<string, AttributeValue>;

/** @param item the item as stored; an absent item is an empty one */
export function conditionHolds(node: ConditionNode, item: Item, values: Values): boolean {
  switch (node.type) {
    case 'and':
      return conditionHolds(node.args[0], item, values) && conditionHolds(node.args[1], item, values);
    case 'or':
      return conditionHolds(node.args[0], item, values) || conditionHolds(node.args[1], item, values);
    case 'not':
      return !conditionHolds(node.args[0], item, values);
    case 'function':
      return functionHolds(node, item, values);
    case 'in': {
      const [value, ...candidates] = node.args.map((arg) => operandValue(arg, item, values));
      return value !== undefined && candidates.some((candidate) => candidate && valuesEqual(value, candidate));
    }
    case 'between': {
      const [value, lower, upper] = node.args.map((arg) => operandValue(arg, item, values));
      return isOrdered(lower, value, (order) => order <= 0) && isOrdered(value, upper, (order) => order <= 0);
    }
    default:
      return comparisonHolds(
        node.type,
        operandValue(node.args[0], item, values),
        operandValue(node.args[1], item, values),
      );
  }
}

function comparisonHolds(
  operator: '=' | '<>' | '<' | '<=' | '>' | '>=',
  a: AttributeValue | undefined,
  b: AttributeValue | undefined,
): boolean {
  switch (operator) {
    case '=':
      return a !== undefined && b !== undefined && valuesEqual(a, b);
    // A missing attribute differs from everything, even from another missing one.
    case '<>':
      return a === undefined || b === undefined || !valuesEqual(a, b);
    case '<':
      return isOrdered(a, b, (order) => order < 0);
    case '<=':
      return isOrdered(a, b, (order) => order <= 0);
    case '>':
      return isOrdered(a, b, (order) => order > 0);
    case '>=':
      return isOrdered(a, b, (order) => order >= 0);
  }
}

function functionHolds({ name, args }: FunctionCall, item: Item, values: Values): boolean {
  const [subject, operand] = args.map((arg) => operandValue(arg, item, values));
  switch (name) {
    case 'attribute_exists':
      return subject !== undefined;
    case 'attribute_not_exists':
      return subject === undefined;
    case 'attribute_type':
      return subject !== undefined && typeOf(subject) === operand?.S;
    case 'begins_with':
      return subject !== undefined && operand !== undefined && beginsWith(subject, operand);
    case 'contains':
      return subject !== undefined && operand !== undefined && contains(subject, operand);
    default:
      throw new Error(`The parser let an unknown function through: ${name}`);
  }
}

/** The value of an operand for this item; undefined when its path leads nowhere. */
function operandValue(operand: Operand, item: Item, values: Values): AttributeValue | undefined {
  if (isPath(operand)) return valueAt(item, operand);
  if (isReference(operand)) return values[operand.ref];
  const measured = operandValue(operand.args[0]!, item, values);
  const size = measured === undefined ? undefined : sizeOf(measured);
  return size === undefined ? undefined : { N: String(size) };
}

/** The `size` function: characters of strings, bytes of binary values, members of the rest; numbers and flags have none. */
function sizeOf(value: AttributeValue): number | undefined {
  if (value.S !== undefined) return value.S.length;
  if (value.B !== undefined) return Buffer.byteLength(value.B, 'base64');
  if (value.M !== undefined) return Object.keys(value.M).length;
  return (value.L ?? value.SS ?? value.NS ?? value.BS)?.length;
}

function isOrdered(
  a: AttributeValue | undefined,
  b: AttributeValue | undefined,
  accept: (order: number) => boolean,
): boolean {
  const order = a === undefined || b === undefined ? undefined : compareValues(a, b);
  return order !== undefined && accept(order);
}

function beginsWith(subject: AttributeValue, prefix: AttributeValue): boolean {
  if (subject.S !== undefined) return prefix.S !== undefined && subject.S.startsWith(prefix.S);
  if (subject.B === undefined || prefix.B === undefined) return false;
  const bytes = Buffer.from(prefix.B, 'base64');
  return Buffer.from(subject.B, 'base64').subarray(0, bytes.length).equals(bytes);
}

function contains(subject: AttributeValue, operand: AttributeValue): boolean {
  if (subject.L !== undefined) return subject.L.some((element) => valuesEqual(element, operand));
  if (operand.S !== undefined) return subject.S?.includes(operand.S) ?? subject.SS?.includes(operand.S) ?? false;
  if (operand.N !== undefined) return subject.NS?.includes(operand.N) ?? false;
  if (operand.B === undefined) return false;
  if (subject.B !== undefined) return Buffer.from(subject.B, 'base64').includes(Buffer.from(operand.B, 'base64'));
  return subject.BS?.includes(operand.B) ?? false;
}
