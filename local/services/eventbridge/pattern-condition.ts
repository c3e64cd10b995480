/** The conditions inside the arrays of an event pattern: literal values and the comparison operators. */
import { BlockList, isIP } from 'node:net';
import type { PatternDialect } from './pattern.ts';

export class PatternError extends Error {
  override readonly name = 'PatternError';
  constructor(reason: string) {
    super(`Event pattern is not valid. Reason: ${reason}`);
  }
}

export type Leaf = string | number | boolean | null | undefined;
/** `undefined` stands for a field that the event does not have. */
export type LeafTest = (leaf: Leaf) => boolean;

type Refuse = (reason: string) => never;

export function compileCondition(condition: unknown, dialect: PatternDialect, path: string): LeafTest {
  const refuse: Refuse = (reason) => {
    throw new PatternError(`${reason} at "${path}".`);
  };
  if (Array.isArray(condition)) return refuse('an array inside an array is not allowed');
  // EventBridge compares the text of numbers (300 is not 3e2); here both sides were parsed, so their values are compared.
  if (typeof condition !== 'object' || condition === null) return (leaf) => leaf === condition;
  const [[name, operand] = ['', undefined], ...more] = Object.entries(condition);
  if (more.length > 0) return refuse('only one key is allowed in a match expression');
  switch (name) {
    case 'exists':
      if (typeof operand !== 'boolean') return refuse('"exists" must be true or false');
      return (leaf) => (leaf !== undefined) === operand;
    case 'numeric':
      return compileNumeric(operand, refuse);
    case 'cidr':
      return compileCidr(operand, refuse);
    case 'anything-but':
      return compileAnythingBut(operand, dialect, refuse);
    default:
      return compileText(name, operand, dialect, refuse);
  }
}

/** The operators on text, which `anything-but` can negate. */
function compileText(name: string, operand: unknown, dialect: PatternDialect, refuse: Refuse): LeafTest {
  switch (name) {
    case 'prefix':
    case 'suffix': {
      const ignoreCase = typeof operand === 'object' && operand !== null && 'equals-ignore-case' in operand;
      const given = text(ignoreCase ? operand['equals-ignore-case'] : operand, `"${name}" must be a string`, refuse);
      const wanted = ignoreCase ? given.toLowerCase() : given;
      const end = name === 'prefix' ? 'startsWith' : 'endsWith';
      return (leaf) => typeof leaf === 'string' && (ignoreCase ? leaf.toLowerCase() : leaf)[end](wanted);
    }
    case 'equals-ignore-case': {
      const wanted = text(operand, '"equals-ignore-case" must be a string', refuse).toLowerCase();
      return (leaf) => typeof leaf === 'string' && leaf.toLowerCase() === wanted;
    }
    case 'wildcard': {
      if (dialect === 'pipe')
        return refuse('"wildcard" is not supported in filters of pipes and event source mappings');
      const expression = wildcard(text(operand, '"wildcard" must be a string', refuse), refuse);
      return (leaf) => typeof leaf === 'string' && expression.test(leaf);
    }
    default:
      return refuse(`unrecognized match type ${name}`);
  }
}

function compileAnythingBut(operand: unknown, dialect: PatternDialect, refuse: Refuse): LeafTest {
  if (typeof operand === 'object' && operand !== null && !Array.isArray(operand)) {
    const [[name, inner] = ['', undefined]] = Object.entries(operand);
    if (dialect === 'pipe')
      return refuse(`"anything-but" with "${name}" is not supported in filters of pipes and event source mappings`);
    const excluded = list(inner, refuse).map((value) => compileText(name, value, dialect, refuse));
    return (leaf) => leaf !== undefined && !excluded.some((test) => test(leaf));
  }
  const values = list(operand, refuse);
  if (!values.every((value) => typeof value === 'string' || typeof value === 'number'))
    return refuse('inside "anything-but" only strings or numbers are allowed');
  const excluded = new Set<unknown>(values);
  return (leaf) => leaf !== undefined && !excluded.has(leaf);
}

function compileNumeric(operand: unknown, refuse: Refuse): LeafTest {
  if (!Array.isArray(operand) || (operand.length !== 2 && operand.length !== 4))
    return refuse('"numeric" must be an array of one or two comparisons');
  const comparisons: ((leaf: number) => boolean)[] = [];
  for (let index = 0; index < operand.length; index += 2) {
    const [operator, bound] = [operand[index], operand[index + 1]];
    // "Numeric matching": -5.0e9 to +5.0e9 inclusive.
    if (typeof bound !== 'number' || Math.abs(bound) > 5e9)
      return refuse('"numeric" compares with numbers from -5.0e9 to 5.0e9');
    const compare = comparators[operator as string];
    if (compare === undefined) return refuse(`unrecognized numeric range operator: ${operator}`);
    comparisons.push((leaf: number) => compare(leaf, bound));
  }
  return (leaf) => typeof leaf === 'number' && comparisons.every((compare) => compare(leaf));
}

const comparators: Record<string, (actual: number, bound: number) => boolean> = {
  '=': (actual, bound) => actual === bound,
  '<': (actual, bound) => actual < bound,
  '<=': (actual, bound) => actual <= bound,
  '>': (actual, bound) => actual > bound,
  '>=': (actual, bound) => actual >= bound,
};

function compileCidr(operand: unknown, refuse: Refuse): LeafTest {
  const [address = '', bits = ''] = text(operand, '"cidr" must be a string', refuse).split('/');
  const family = isIP(address);
  const prefix = Number(bits);
  if (family === 0 || bits === '' || !(Number.isInteger(prefix) && prefix >= 0 && prefix <= (family === 4 ? 32 : 128)))
    return refuse(`malformed CIDR ${operand}`);
  const block = new BlockList();
  block.addSubnet(address, prefix, family === 4 ? 'ipv4' : 'ipv6');
  return (leaf) =>
    typeof leaf === 'string' && isIP(leaf) === family && block.check(leaf, family === 4 ? 'ipv4' : 'ipv6');
}

/** `*` stands for any characters, `\*` and `\\` for themselves. */
function wildcard(pattern: string, refuse: Refuse): RegExp {
  if (/(?<!\\)\*\*/.test(pattern)) return refuse('consecutive wildcard characters');
  const source = pattern.replace(/\\[*\\]|[\s\S]/g, (part) => {
    if (part === '*') return '[\\s\\S]*';
    return part.at(-1)!.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
  });
  return new RegExp(`^${source}$`);
}

function list(operand: unknown, refuse: Refuse): unknown[] {
  const values = Array.isArray(operand) ? operand : [operand];
  return values.length > 0 ? values : refuse('"anything-but" must not be empty');
}

function text(operand: unknown, reason: string, refuse: Refuse): string {
  return typeof operand === 'string' ? operand : refuse(reason);
}
