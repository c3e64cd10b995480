/**
 * The operators of AWS IoT SQL with their type tables.
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/iot-sql-operators.html
 */
import { isDeepStrictEqual } from 'node:util';
import type { BinaryOperator } from './ast.ts';
import { type SqlValue, toBoolean, toDecimal, toText } from './values.ts';

type Operation = (left: SqlValue, right: SqlValue) => SqlValue;

export const OPERATIONS: Readonly<Record<BinaryOperator, Operation>> = {
  AND: (left, right) => logical(left, right, (a, b) => a && b),
  OR: (left, right) => logical(left, right, (a, b) => a || b),
  '=': equals,
  '<>': (left, right) => {
    const equal = equals(left, right);
    return equal === undefined ? undefined : !equal;
  },
  '<': (left, right) => compare(left, right, (a, b) => a < b),
  '<=': (left, right) => compare(left, right, (a, b) => a <= b),
  '>': (left, right) => compare(left, right, (a, b) => a > b),
  '>=': (left, right) => compare(left, right, (a, b) => a >= b),
  '+': add,
  '-': (left, right) => arithmetic(left, right, (a, b) => a - b),
  '*': (left, right) => arithmetic(left, right, (a, b) => a * b),
  '/': divide,
  '%': (left, right) => arithmetic(left, right, (a, b) => a % b),
  IN: (left, right) => (Array.isArray(right) ? right.some((item) => equals(left, item) === true) : undefined),
};

export function negate(value: SqlValue): SqlValue {
  const decimal = toDecimal(value);
  return decimal === undefined ? undefined : -decimal;
}

export function not(value: SqlValue): SqlValue {
  const truth = toBoolean(value);
  return truth === undefined ? undefined : !truth;
}

/** Mismatched types are unequal; anything against Undefined is Undefined. */
export function equals(left: SqlValue, right: SqlValue): boolean | undefined {
  if (left === undefined || right === undefined) return undefined;
  if (left === right) return true;
  return typeof left === 'object' && typeof right === 'object' ? isDeepStrictEqual(left, right) : false;
}

function logical(left: SqlValue, right: SqlValue, apply: (a: boolean, b: boolean) => boolean): SqlValue {
  const a = toBoolean(left);
  const b = toBoolean(right);
  return a === undefined || b === undefined ? undefined : apply(a, b);
}

function compare(left: SqlValue, right: SqlValue, apply: (a: number, b: number) => boolean): SqlValue {
  const a = toDecimal(left);
  const b = toDecimal(right);
  return a === undefined || b === undefined ? undefined : apply(a, b);
}

function add(left: SqlValue, right: SqlValue): SqlValue {
  if (typeof left === 'number' && typeof right === 'number') return finite(left + right);
  if (typeof left !== 'string' && typeof right !== 'string') return undefined;
  const a = toText(left);
  const b = toText(right);
  return a === undefined || b === undefined ? undefined : a + b;
}

function arithmetic(left: SqlValue, right: SqlValue, apply: (a: number, b: number) => number): SqlValue {
  const a = toDecimal(left);
  const b = toDecimal(right);
  return a === undefined || b === undefined ? undefined : finite(apply(a, b));
}

/** Int / Int is an Int; a string operand makes the result a Decimal. */
function divide(left: SqlValue, right: SqlValue): SqlValue {
  const wholeNumbers = Number.isInteger(left) && Number.isInteger(right);
  return arithmetic(left, right, (a, b) => (wholeNumbers ? Math.trunc(a / b) : a / b));
}

/** A division by zero has no value. */
function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}
