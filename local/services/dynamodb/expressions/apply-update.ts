/**
 * Applies an update expression to an item. All right-hand sides are read from the item as it was before; paths never
 * overlap, so the clauses may be applied in any order.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
 */
import { validationError } from '../errors.ts';
import {
  type AttributeValue,
  attributeOf,
  cloneValue,
  emptyItem,
  type Item,
  typeOf,
} from '../values/attribute-value.ts';
import { addDecimals, negateDecimal } from '../values/decimal.ts';
import { decimalFrom, formatInRange } from '../values/normalize-number.ts';
import { childOf, valueAt } from './document-path.ts';
import {
  type DocumentPath,
  isPath,
  isReference,
  type Operand,
  type ParsedUpdate,
  type UpdateClause,
} from './syntax-tree.ts';

type Values = Record<string, AttributeValue>;

const wrongType = 'An operand in the update expression has an incorrect data type';
const missingAttribute = 'The provided expression refers to an attribute that does not exist in the item';
const invalidPath = 'The document path provided in the update expression is invalid for update';

/** A new item; the old one stays as it was. */
export function applyUpdate(update: ParsedUpdate, before: Item, values: Values): Item {
  const newValues = update.sections.map((clause) => newValueOf(clause, before, values));
  const draft: Item = Object.assign(emptyItem(), before);
  for (const [head, ...rest] of update.paths) {
    const value = rest.length > 0 ? attributeOf(before, head) : undefined;
    if (value !== undefined) draft[head] = cloneValue(value);
  }
  const touchedLists = new Set<AttributeValue[]>();
  update.sections.forEach(({ path }, index) => {
    write(draft, path, newValues[index], touchedLists);
  });
  // Removals and writes past the end leave holes; elements close ranks in order of their index.
  for (const list of touchedLists) {
    const elements = Object.values(list);
    list.length = 0;
    list.push(...elements);
  }
  return draft;
}

/** What will stand at the clause's path; undefined means nothing. */
function newValueOf(clause: UpdateClause, item: Item, values: Values): AttributeValue | undefined {
  const { type, path, val } = clause;
  switch (type) {
    case 'set':
      return evaluate(val!, item, values);
    case 'remove':
      return undefined;
    case 'add':
      return added(valueAt(item, path), evaluate(val!, item, values));
    case 'delete':
      return withoutMembers(valueAt(item, path), evaluate(val!, item, values));
  }
}

function write(
  draft: Item,
  path: DocumentPath,
  value: AttributeValue | undefined,
  touched: Set<AttributeValue[]>,
): void {
  if (path.length === 1) {
    if (value === undefined) delete draft[path[0]];
    else draft[path[0]] = value;
    return;
  }
  const parent = path
    .slice(1, -1)
    .reduce<AttributeValue | undefined>(
      (container, step) => (container === undefined ? undefined : childOf(container, step)),
      attributeOf(draft, path[0]),
    );
  const step = path.at(-1)!;
  if (typeof step === 'number' && parent?.L !== undefined) {
    touched.add(parent.L);
    if (value !== undefined) parent.L[step] = value;
    else if (step < parent.L.length) delete parent.L[step];
  } else if (typeof step === 'string' && parent?.M !== undefined) {
    if (value === undefined) delete parent.M[step];
    else parent.M[step] = value;
  } else throw validationError(invalidPath);
}

function evaluate(operand: Operand, item: Item, values: Values): AttributeValue {
  if (isPath(operand)) {
    const value = valueAt(item, operand);
    if (value === undefined) throw validationError(missingAttribute);
    return cloneValue(value);
  }
  if (isReference(operand)) return values[operand.ref]!;
  if (operand.type === 'function') return call(operand.name, operand.args, item, values);
  const a = evaluate(operand.args[0], item, values);
  const b = evaluate(operand.args[1], item, values);
  if (a.N === undefined || b.N === undefined) throw validationError(wrongType);
  return { N: sum(a.N, b.N, operand.type === 'subtract') };
}

function call(name: string, args: Operand[], item: Item, values: Values): AttributeValue {
  if (name === 'if_not_exists') {
    const present = valueAt(item, args[0] as DocumentPath);
    return present === undefined ? evaluate(args[1]!, item, values) : cloneValue(present);
  }
  const a = evaluate(args[0]!, item, values);
  const b = evaluate(args[1]!, item, values);
  if (a.L === undefined || b.L === undefined) throw validationError(wrongType);
  return { L: [...a.L, ...b.L] };
}

function added(existing: AttributeValue | undefined, operand: AttributeValue): AttributeValue {
  if (operand.N !== undefined) {
    if (existing === undefined) return operand;
    if (existing.N === undefined) throw validationError(wrongType);
    return { N: sum(existing.N, operand.N, false) };
  }
  const type = setTypeOf(operand);
  if (existing === undefined) return operand;
  if (existing[type] === undefined) throw validationError(wrongType);
  return { [type]: [...new Set([...existing[type], ...operand[type]!])] };
}

function withoutMembers(existing: AttributeValue | undefined, operand: AttributeValue): AttributeValue | undefined {
  const type = setTypeOf(operand);
  if (existing === undefined) return undefined;
  if (existing[type] === undefined) throw validationError(wrongType);
  const removed = new Set(operand[type]);
  const members = existing[type].filter((member) => !removed.has(member));
  return members.length === 0 ? undefined : { [type]: members };
}

function setTypeOf(value: AttributeValue): 'SS' | 'NS' | 'BS' {
  const type = typeOf(value);
  if (type !== 'SS' && type !== 'NS' && type !== 'BS') throw validationError(wrongType);
  return type;
}

function sum(a: string, b: string, subtract: boolean): string {
  const second = decimalFrom(b);
  return formatInRange(addDecimals(decimalFrom(a), subtract ? negateDecimal(second) : second));
}
