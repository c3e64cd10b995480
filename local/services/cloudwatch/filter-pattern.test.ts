/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html */
import { describe, expect, it } from 'vitest';
import { compileFilterPattern, FilterPatternError } from './filter-pattern.ts';

const line = JSON.stringify({
  level: 'ERROR',
  latency: 120,
  user: { id: 'u-1', name: null },
  tags: ['a', 'b'],
  ok: false,
});

describe('compileFilterPattern', () => {
  it.each([
    ['', true],
    ['ERROR', true],
    ['error', false],
    ['ERROR WARN', false],
    ['?ERROR ?WARN', true],
    ['ERROR -latency', false],
    ['"level":"ERROR"', true],
    ['{ $.level = "ERROR" }', true],
    ['{ $.level = ERR* }', true],
    ['{ $.level != "ERROR" }', false],
    ['{ $.missing != "ERROR" }', false],
    ['{ $.latency > 100 && $.latency <= 120 }', true],
    ['{ $.latency = 120 }', true],
    ['{ ($.latency > 500) || ($.user.id = "u-*") }', true],
    ['{ $.user.name IS NULL }', true],
    ['{ $.ok IS FALSE }', true],
    ['{ $.missing NOT EXISTS }', true],
    ['{ $.tags[1] = "b" }', true],
    ['{ $.latency = "x" }', false],
  ])('%s matches: %s', (pattern, expected) => {
    expect(compileFilterPattern(pattern)(line)).toBe(expected);
  });

  it('finds JSON behind the prefix of a log line, and nothing in plain text', () => {
    expect(compileFilterPattern('{ $.level = "ERROR" }')(`2026-01-01T00:00:00Z ${line}`)).toBe(true);
    expect(compileFilterPattern('{ $.level = "ERROR" }')('ERROR')).toBe(false);
  });

  it.each(['{ $.a = }', '{ a = 1 }', '{ $.a > x }', '[ip, user]', '%regex%', '{ $.a = 1'])('refuses %s', (pattern) => {
    expect(() => compileFilterPattern(pattern)).toThrow(FilterPatternError);
  });
});
