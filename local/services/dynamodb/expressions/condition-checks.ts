/** What AWS refuses in a well-formed condition before it looks at any item. */
import { type AttributeType, type AttributeValue, typeOf } from '../values/attribute-value.ts';
import { type ConditionNode, type DocumentPath, isPath, isReference, type Operand } from './syntax-tree.ts';

type Values = Record<string, AttributeValue>;

const operandCounts: Record<string, number> = {
  attribute_exists: 1,
  attribute_not_exists: 1,
  attribute_type: 2,
  begins_with: 2,
  contains: 2,
  size: 1,
};
const updateFunctions = ['if_not_exists', 'list_append'];
const attributeTypes = ['B', 'NULL', 'SS', 'BOOL', 'L', 'BS', 'N', 'NS', 'S', 'M'];

/** Only paths, values and `size` can be compared or passed to functions. */
export function checkOperands(nodes: (ConditionNode | Operand)[], operator?: string): Operand[] {
  for (const node of nodes) {
    if (Array.isArray(node) || 'ref' in node) continue;
    if (node.type !== 'function')
      throw new Error(`Syntax error; token: "${node.type.toUpperCase()}", near: "${operator ?? 'function'}"`);
    if (node.name !== 'size')
      throw new Error(`The function is not allowed to be used this way in an expression; function: ${node.name}`);
  }
  return nodes as Operand[];
}

export function checkFunction(name: string, args: Operand[], values: Values): void {
  if (updateFunctions.includes(name))
    throw new Error(`The function is not allowed in a condition expression; function: ${name}`);
  const count = Object.hasOwn(operandCounts, name) ? operandCounts[name] : undefined;
  if (count === undefined) throw new Error(`Invalid function name; function: ${name}`);
  if (args.length !== count)
    throw new Error(
      `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${args.length}`,
    );
  checkDistinct(name, args);
  const [first, second] = args.map((arg) => literalType(arg, values));
  const wrongType = (type: string) =>
    new Error(`Incorrect operand type for operator or function; operator or function: ${name}, operand type: ${type}`);
  switch (name) {
    case 'attribute_exists':
    case 'attribute_not_exists':
      if (!isPath(args[0]!))
        throw new Error(`Operator or function requires a document path; operator or function: ${name}`);
      return;
    case 'begins_with':
      for (const type of [first, second]) if (type !== undefined && type !== 'S' && type !== 'B') throw wrongType(type);
      return;
    case 'size':
      if (first === 'N' || first === 'BOOL' || first === 'NULL') throw wrongType(first);
      return;
    case 'attribute_type': {
      if (second !== 'S') throw wrongType(second ?? '{NS,SS,L,BS,N,M,B,BOOL,NULL,S}');
      const wanted = values[(args[1] as { ref: string }).ref]!.S!;
      if (!attributeTypes.includes(wanted))
        throw new Error(
          `Invalid attribute type name found; type: ${wanted}, valid types: {${attributeTypes.join(',')}}`,
        );
      return;
    }
  }
}

export function checkComparison(operator: string, args: Operand[], values: Values): void {
  checkDistinct(operator, args);
  if (operator !== '=' && operator !== '<>') checkOrdered(operator, args, values);
}

/** @param bounds takes the names of two literal bounds, whose order depends on the values of each request */
export function checkBetween([value, lower, upper]: Operand[], values: Values, bounds: [string, string][]): void {
  checkOrdered('BETWEEN', [value!, lower!, upper!], values);
  if (isPath(lower!) || isPath(upper!) || !isReference(lower!) || !isReference(upper!)) return;
  const [low, high] = [values[lower.ref]!, values[upper.ref]!];
  if (typeOf(low) !== typeOf(high))
    throw new Error(
      `The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: AttributeValue: ${shownValue(low)}, upper bound operand: AttributeValue: ${shownValue(high)}`,
    );
  bounds.push([lower.ref, upper.ref]);
}

/** How error messages show a value. */
export function shownValue(value: AttributeValue): string {
  const type = typeOf(value);
  return `{${type}:${value[type]}}`;
}

function checkOrdered(operator: string, args: Operand[], values: Values): void {
  for (const arg of args) {
    const type = literalType(arg, values);
    if (type !== undefined && type !== 'S' && type !== 'N' && type !== 'B')
      throw new Error(`Incorrect operand type for operator or function; operator: ${operator}, operand type: ${type}`);
  }
}

function checkDistinct(operator: string, [first, second]: Operand[]): void {
  if (first === undefined || second === undefined || !isPath(first) || !isPath(second)) return;
  if (first.length !== second.length || first.some((step, index) => step !== second[index])) return;
  throw new Error(
    `The first operand must be distinct from the remaining operands for this operator or function; operator: ${operator}, first operand: ${shownPath(first)}`,
  );
}

function shownPath(path: DocumentPath): string {
  return `[${path.map((step) => (typeof step === 'number' ? `[${step}]` : step)).join(', ')}]`;
}

/** The type of an operand, when the expression alone tells it. */
function literalType(operand: Operand, values: Values): AttributeType | undefined {
  if (isPath(operand)) return undefined;
  if (isReference(operand)) return typeOf(values[operand.ref]!);
  return 'N';
}
