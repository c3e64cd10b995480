/**
 * What an expression yields, with the quality of what it used: a result is as good as the worst value that mattered to it.
 * `if` looks at the chosen branch alone, `and` and `or` stop when the answer is certain.
 */
import type { Expression } from './expression.ts';
import { type PointValue, type Quality, qualities } from './point-value.ts';

export interface KnownValue {
  value: PointValue | undefined;
  quality: Quality;
}

export type ReadPoint = (pointId: string) => KnownValue | undefined;

type Plain = number | boolean | string;
/** Worst quality met so far, as its place in `qualities`; -1 spares objects while all is good. */
interface Evaluation {
  read: ReadPoint;
  worst: number;
}

const bad = qualities.indexOf('bad');

/** Ends an evaluation whose result nobody can know. */
class Unknown extends Error {}
const unknown = new Unknown('no result');

/** A result that nobody can know (a bad input, a division by zero, a text in a sum) has quality `bad` and no value. */
export function evaluateExpression(expression: Expression, read: ReadPoint): KnownValue {
  const evaluation: Evaluation = { read, worst: 0 };
  try {
    const value = evaluate(expression, evaluation);
    if (typeof value === 'number' && !Number.isFinite(value)) return { value: undefined, quality: 'bad' };
    return { value, quality: qualities[evaluation.worst]! };
  } catch (error) {
    if (error === unknown) return { value: undefined, quality: 'bad' };
    throw error;
  }
}

function evaluate(node: Expression, evaluation: Evaluation): Plain {
  switch (node.kind) {
    case 'number':
    case 'text':
    case 'boolean':
      return node.value;
    case 'point':
      return readPoint(node.pointId, evaluation);
    case 'unary':
      return node.operator === 'not'
        ? !truth(evaluate(node.operand, evaluation))
        : -number(evaluate(node.operand, evaluation));
    case 'binary':
      return evaluateBinary(node, evaluation);
    case 'call':
      return evaluateCall(node, evaluation);
  }
}

function readPoint(pointId: string, evaluation: Evaluation): Plain {
  const known = evaluation.read(pointId);
  if (!known || known.value === undefined || known.value instanceof Uint8Array) throw unknown;
  const rank = qualities.indexOf(known.quality);
  if (rank === bad) throw unknown;
  if (rank > evaluation.worst) evaluation.worst = rank;
  return typeof known.value === 'bigint' ? Number(known.value) : known.value;
}

function evaluateBinary(node: Extract<Expression, { kind: 'binary' }>, evaluation: Evaluation): Plain {
  const { operator, right } = node;
  const left = evaluate(node.left, evaluation);
  if (operator === 'and') return truth(left) && truth(evaluate(right, evaluation));
  if (operator === 'or') return truth(left) || truth(evaluate(right, evaluation));
  const other = evaluate(right, evaluation);
  if (operator === '=') return same(left, other);
  if (operator === '<>') return !same(left, other);
  const a = number(left);
  const b = number(other);
  switch (operator) {
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return a % b;
    case '^':
      return a ** b;
  }
}

function evaluateCall(node: Extract<Expression, { kind: 'call' }>, evaluation: Evaluation): Plain {
  const [first, second, third] = node.parameters as [Expression, Expression, Expression];
  if (node.name === 'if') return evaluate(truth(evaluate(first, evaluation)) ? second : third, evaluation);
  if (node.name === 'good') return first.kind === 'point' && evaluation.read(first.pointId)?.quality === 'good';
  const numbers = node.parameters.map((parameter) => number(evaluate(parameter, evaluation)));
  const sum = (): number => numbers.reduce((total, value) => total + value, 0);
  switch (node.name) {
    case 'min':
      return Math.min(...numbers);
    case 'max':
      return Math.max(...numbers);
    case 'sum':
      return sum();
    case 'avg':
      return sum() / numbers.length;
    case 'abs':
      return Math.abs(numbers[0]!);
    case 'sqrt':
      return Math.sqrt(numbers[0]!);
    case 'round': {
      const factor = 10 ** Math.trunc(Math.max(-15, Math.min(15, numbers[1] ?? 0)));
      return Math.round(numbers[0]! * factor) / factor;
    }
  }
}

const number = (value: Plain): number => {
  if (typeof value === 'string') throw unknown;
  return Number(value);
};
const truth = (value: Plain): boolean => {
  if (typeof value === 'string') throw unknown;
  return value !== false && value !== 0;
};
/** A contact is 1 or true, as people write it; texts equal texts alone. */
const same = (a: Plain, b: Plain): boolean =>
  typeof a === 'string' || typeof b === 'string' ? a === b : Number(a) === Number(b);
