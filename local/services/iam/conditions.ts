/**
 * The `Condition` block of a policy statement. Only operators and keys that can be judged here are taken: a condition
 * that were passed over would make a policy mean something else than on AWS.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
import { ConfigurationError } from '../../runtime/types.ts';
import { compileArn, compileWildcard, type TextMatcher } from './wildcards.ts';

/** The values of a condition key in the context of a request; undefined when the request has none. */
export type ContextKeys = (key: string) => readonly string[] | undefined;

export interface Condition {
  holds(keys: ContextKeys): boolean;
  /** The keys it asks for, in lower case. */
  keys: readonly string[];
}

/** Keys that requests and services here carry, in lower case; what ends in `/` or `:` is the beginning of a key. */
const KNOWN_KEYS = [
  'aws:currenttime',
  'aws:epochtime',
  'aws:principalaccount',
  'aws:principalarn',
  'aws:principaltype',
  'aws:requestedregion',
  'aws:securetransport',
  'aws:sourceaccount',
  'aws:sourcearn',
  'dynamodb:enclosingoperation',
  'dynamodb:leadingkeys',
  'events:detail-type',
  'events:source',
  'kms:encryptioncontext:',
  'kms:viaservice',
  's3:prefix',
];

type Compare = (wanted: string) => TextMatcher;

const equals: Compare = (wanted) => (given) => given === wanted;
const equalsIgnoringCase: Compare = (wanted) => (given) => given.toLowerCase() === wanted.toLowerCase();
const numeric =
  (holds: (given: number, wanted: number) => boolean): Compare =>
  (wanted) =>
  (given) =>
    holds(Number(given), Number(wanted));
const date =
  (holds: (given: number, wanted: number) => boolean): Compare =>
  (wanted) =>
  (given) =>
    holds(instantOf(given), instantOf(wanted));

/** What each operator does with one wanted and one given value; the negated ones are those below. */
const OPERATORS: Readonly<Record<string, Compare>> = {
  StringEquals: equals,
  StringEqualsIgnoreCase: equalsIgnoringCase,
  StringLike: compileWildcard,
  // "ArnEquals and ArnLike behave identically."
  ArnEquals: compileArn,
  ArnLike: compileArn,
  Bool: equalsIgnoringCase,
  NumericEquals: numeric((given, wanted) => given === wanted),
  NumericLessThan: numeric((given, wanted) => given < wanted),
  NumericLessThanEquals: numeric((given, wanted) => given <= wanted),
  NumericGreaterThan: numeric((given, wanted) => given > wanted),
  NumericGreaterThanEquals: numeric((given, wanted) => given >= wanted),
  DateLessThan: date((given, wanted) => given < wanted),
  DateLessThanEquals: date((given, wanted) => given <= wanted),
  DateGreaterThan: date((given, wanted) => given > wanted),
  DateGreaterThanEquals: date((given, wanted) => given >= wanted),
};

const NEGATED: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
  NumericNotEquals: 'NumericEquals',
};

/**
 * All tests of the block together.
 * @throws ConfigurationError for an operator or a key that is not played locally
 */
export function compileConditions(block: Record<string, Record<string, unknown>> = {}): Condition {
  const tests = Object.entries(block).flatMap(([operator, pairs]) =>
    Object.entries(pairs).map(([key, values]) => compileTest(operator, checkedKey(key), listOf(values))),
  );
  const keys = Object.values(block).flatMap((pairs) => Object.keys(pairs).map((key) => key.toLowerCase()));
  return { keys, holds: (context) => tests.every((test) => test(context)) };
}

function compileTest(operator: string, key: string, wanted: string[]): (context: ContextKeys) => boolean {
  const [, set, base, ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
  if (base === 'Null') {
    const shouldLack = wanted.some((value) => value.toLowerCase() === 'true');
    return (context) => (context(key) === undefined) === shouldLack;
  }
  const positive = NEGATED[base ?? ''] ?? base ?? '';
  const compare = Object.hasOwn(OPERATORS, positive) ? OPERATORS[positive] : undefined;
  if (compare === undefined)
    throw new ConfigurationError(
      `the condition operator ${operator} is not played locally; use one of ${[...Object.keys(OPERATORS), ...Object.keys(NEGATED), 'Null'].join(', ')}.`,
    );
  const isNegated = positive !== base;
  const matchers = wanted.map(compare);
  const passes = (value: string): boolean => matchers.some((matches) => matches(value)) !== isNegated;
  return (context) => {
    const given = context(key) ?? [];
    // "ForAllValues also returns true if there are no context keys in the request"; a negated operator is true then too.
    if (given.length === 0)
      return set === 'ForAnyValue' ? false : set !== undefined || isNegated || ifExists !== undefined;
    // A negated operator without a set operator must hold for the one value, so for all of them.
    return set === 'ForAllValues' || (set === undefined && isNegated) ? given.every(passes) : given.some(passes);
  };
}

function checkedKey(key: string): string {
  const name = key.toLowerCase();
  if (KNOWN_KEYS.some((known) => (/[:/]$/.test(known) ? name.startsWith(known) : name === known))) return name;
  throw new ConfigurationError(`the condition key ${key} is not played locally.`);
}

const listOf = (values: unknown): string[] => (Array.isArray(values) ? values : [values]).map(String);

/** ISO 8601 or seconds since the epoch. */
const instantOf = (text: string): number => (/^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text));
