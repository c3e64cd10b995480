/** Arithmetic functions. Strings that look like numbers are converted; anything else gives Undefined. */
import { OPERATIONS } from '../operators.ts';
import { type SqlValue, toDecimal, toInt } from '../values.ts';
import { type FunctionDefinition, pure } from './definition.ts';

export const NUMBER_FUNCTIONS: Record<string, FunctionDefinition> = {
  abs: ofDecimal(Math.abs),
  ceil: ofDecimal(Math.ceil),
  floor: ofDecimal(Math.floor),
  round: ofDecimal((value) => Math.sign(value) * Math.round(Math.abs(value))),
  sign: ofDecimal(Math.sign),
  sqrt: ofDecimal(Math.sqrt),
  exp: ofDecimal(Math.exp),
  ln: ofDecimal(Math.log),
  log: ofDecimal(Math.log10),
  sin: ofDecimal(Math.sin),
  cos: ofDecimal(Math.cos),
  tan: ofDecimal(Math.tan),
  asin: ofDecimal(Math.asin),
  acos: ofDecimal(Math.acos),
  atan: ofDecimal(Math.atan),
  sinh: ofDecimal(Math.sinh),
  cosh: ofDecimal(Math.cosh),
  tanh: ofDecimal(Math.tanh),
  atan2: ofDecimals(Math.atan2),
  power: ofDecimals((base, exponent) => base ** exponent),
  mod: pure(2, 2, OPERATIONS['%']),
  remainder: pure(2, 2, OPERATIONS['%']),
  bitand: ofInts((a, b) => a & b),
  bitor: ofInts((a, b) => a | b),
  bitxor: ofInts((a, b) => a ^ b),
  bitnot: pure(1, 1, (value) => {
    const int = toInt(value);
    return int === undefined ? undefined : Number(~BigInt(int));
  }),
  trunc: pure(2, 2, truncate),
  nanvl: pure(2, 2, (value, other) => (value === undefined || value === null || Number.isNaN(value) ? other : value)),
};

function ofDecimal(apply: (value: number) => number): FunctionDefinition {
  return pure(1, 1, (value) => {
    const decimal = toDecimal(value);
    return decimal === undefined ? undefined : real(apply(decimal));
  });
}

function ofDecimals(apply: (a: number, b: number) => number): FunctionDefinition {
  return pure(2, 2, (left, right) => {
    const a = toDecimal(left);
    const b = toDecimal(right);
    return a === undefined || b === undefined ? undefined : real(apply(a, b));
  });
}

function ofInts(apply: (a: bigint, b: bigint) => bigint): FunctionDefinition {
  return pure(2, 2, (left, right) => {
    const a = toInt(left);
    const b = toInt(right);
    return a === undefined || b === undefined ? undefined : Number(apply(BigInt(a), BigInt(b)));
  });
}

/** "Imaginary results are returned as Undefined"; -0 is 0. */
function real(value: number): number | undefined {
  return Number.isFinite(value) ? value + 0 : undefined;
}

/** Works on the digits, since 2.3 × 100 is not 230 in binary. */
function truncate(value: SqlValue, places: SqlValue): SqlValue {
  const decimal = toDecimal(value);
  if (decimal === undefined || typeof places !== 'number') return undefined;
  const digits = Math.min(Math.max(Math.floor(places), 0), 34);
  const text = String(decimal);
  const point = text.indexOf('.');
  return point < 0 || text.includes('e') ? Math.trunc(decimal) : Number(text.slice(0, point + 1 + digits));
}
