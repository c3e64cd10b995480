/** Functions on text. Arguments that are not strings take the standard conversion; null and undefined have none. */
import { type SqlValue, toDecimal, toInt, toText } from '../values.ts';
import { type FunctionDefinition, pure } from './definition.ts';

export const STRING_FUNCTIONS: Record<string, FunctionDefinition> = {
  upper: ofText((text) => text.toUpperCase()),
  lower: ofText((text) => text.toLowerCase()),
  trim: ofText((text) => text.trim()),
  ltrim: ofText((text) => text.trimStart()),
  rtrim: ofText((text) => text.trimEnd()),
  length: ofText((text) => text.length),
  numbytes: ofText((text) => Buffer.byteLength(text)),
  startswith: ofTexts(2, (text, start) => text.startsWith(start!)),
  endswith: ofTexts(2, (text, end) => text.endsWith(end!)),
  indexof: ofTexts(2, (text, part) => text.indexOf(part!)),
  replace: ofTexts(3, (text, part, other) => text.replaceAll(part!, () => other!)),
  regexp_matches: ofTexts(2, (text, pattern) => regexp(pattern!)?.test(text)),
  regexp_substr: ofTexts(2, (text, pattern) => regexp(pattern!)?.exec(text)?.[0]),
  regexp_replace: ofTexts(3, (text, pattern, other) => {
    const expression = regexp(pattern!);
    return expression && text.replace(new RegExp(expression, 'g'), other!);
  }),
  lpad: pure(2, 2, (value, count) => pad(value, count, (text, spaces) => spaces + text)),
  rpad: pure(2, 2, (value, count) => pad(value, count, (text, spaces) => text + spaces)),
  substring: pure(2, 3, (...args) => substring(args)),
  concat: pure(0, Number.POSITIVE_INFINITY, (...values) => concat(values)),
  chr: pure(1, 1, (value) => {
    const code = toInt(value);
    return code === undefined || code < 0 || code > 127 ? undefined : String.fromCharCode(code);
  }),
};

function ofText(apply: (text: string) => SqlValue): FunctionDefinition {
  return ofTexts(1, apply);
}

function ofTexts(count: number, apply: (first: string, ...rest: string[]) => SqlValue): FunctionDefinition {
  return pure(count, count, (...values) => {
    const texts = values.map(toText);
    return texts.includes(undefined) ? undefined : apply(...(texts as [string, ...string[]]));
  });
}

const compiledPatterns = new Map<string, RegExp | undefined>();

/** Patterns are Java's on AWS; what both languages share works here. An invalid one gives Undefined. */
function regexp(pattern: string): RegExp | undefined {
  if (!compiledPatterns.has(pattern)) {
    if (compiledPatterns.size > 1_000) compiledPatterns.clear();
    let compiled: RegExp | undefined;
    try {
      compiled = new RegExp(pattern);
    } catch {
      compiled = undefined;
    }
    compiledPatterns.set(pattern, compiled);
  }
  return compiledPatterns.get(pattern);
}

function pad(value: SqlValue, count: SqlValue, apply: (text: string, spaces: string) => string): SqlValue {
  const text = toText(value);
  const spaces = toInt(count);
  if (text === undefined || spaces === undefined) return undefined;
  return apply(text, ' '.repeat(Math.min(Math.max(spaces, 0), 1_000)));
}

/** Indexes count from 0, fractions are cut, and bounds outside the text are moved to its ends. */
function substring([value, from, to]: SqlValue[]): SqlValue {
  const text = toText(value);
  const start = toDecimal(from);
  if (text === undefined || start === undefined) return undefined;
  if (to === undefined) return text.slice(Math.max(0, Math.trunc(start)));
  const end = toDecimal(to);
  return end === undefined ? undefined : text.slice(Math.max(0, Math.trunc(start)), Math.max(0, Math.trunc(end)));
}

/** Arrays join into one array; otherwise texts join into one text. */
function concat(values: SqlValue[]): SqlValue {
  if (values.length < 2) return values[0];
  if (values.some(Array.isArray)) return values.flat(1) as SqlValue[];
  if (!values.some((value) => typeof value === 'string')) return undefined;
  const texts = values.map(toText);
  return texts.includes(undefined) ? undefined : texts.join('');
}
