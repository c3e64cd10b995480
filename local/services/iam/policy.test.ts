import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePolicy, judge } from './policy.ts';
import { compileArn, compileWildcard } from './wildcards.ts';

const table = 'arn:aws:dynamodb:us-east-1:123456789012:table/meters';

function judged(
  statements: object | object[],
  action = 'dynamodb:PutItem',
  resource = table,
  keys: Record<string, string[]> = {},
) {
  return judge(compilePolicy({ Version: '2012-10-17', Statement: statements }), action, resource, (key) => keys[key]);
}

describe('statements', () => {
  const allow = { Effect: 'Allow', Action: 'dynamodb:PutItem', Resource: table };

  it('allow what they name and nothing else', () => {
    expect(judged(allow)).toBe('allow');
    expect(judged(allow, 'dynamodb:DeleteItem')).toBe('none');
    expect(judged(allow, 'dynamodb:PutItem', `${table}2`)).toBe('none');
  });

  it('deny before they allow, in whatever order they stand', () => {
    const deny = { Effect: 'Deny', Action: 'dynamodb:*', Resource: '*' };
    expect(judged([allow, deny])).toBe('deny');
    expect(judged([deny, allow])).toBe('deny');
  });

  it('name actions in any case and with wildcards', () => {
    expect(judged({ ...allow, Action: 'DynamoDB:put*' })).toBe('allow');
    expect(judged({ ...allow, Action: 'dynamodb:PutIte?' })).toBe('allow');
    expect(judged({ ...allow, Action: ['dynamodb:Get*', 'sqs:*'] })).toBe('none');
  });

  it('take everything but what NotAction and NotResource name', () => {
    const { Action: _action, ...others } = allow;
    expect(judged({ ...others, NotAction: 'dynamodb:Delete*' })).toBe('allow');
    expect(judged({ ...others, NotAction: 'dynamodb:Put*' })).toBe('none');
    expect(judged({ Effect: 'Allow', Action: '*', NotResource: table })).toBe('none');
    expect(judged({ Effect: 'Allow', Action: '*', NotResource: `${table}/index/*` })).toBe('allow');
  });

  it.each([
    [{ ...allow, Effect: 'Maybe' }, 'Effect of a policy statement is "Maybe"'],
    [{ ...allow, Acton: 'x' }, 'no element Acton'],
    [{ ...allow, NotAction: 'x' }, 'either Action or NotAction'],
    [{ ...allow, NotPrincipal: '*' }, 'NotPrincipal is not played locally'],
    [{ ...allow, Principal: { Federated: 'x' } }, 'the kind Federated'],
    [{ ...allow, Resource: 'arn:aws:s3:::b/${aws:username}/*' }, 'policy variable ${aws:username}'],
    [{ ...allow, Condition: { IpAddress: { 'aws:SourceArn': '10.0.0.0/8' } } }, 'operator IpAddress'],
    [{ ...allow, Condition: { StringEquals: { 'aws:SourceIp': '10.0.0.1' } } }, 'key aws:SourceIp'],
  ])('refuse what would mean something else here: %j', (statement, message) => {
    expect(() => judged(statement)).toThrow(message);
  });
});

describe('conditions', () => {
  const when = (Condition: object, keys: Record<string, string[]>) =>
    judged({ Effect: 'Allow', Action: '*', Resource: '*', Condition }, 'a:B', 'r', keys) === 'allow';

  it.each<[string, object, Record<string, string[]>, boolean]>([
    ['equal', { StringEquals: { 'aws:SourceAccount': '1' } }, { 'aws:sourceaccount': ['1'] }, true],
    ['one of several', { StringEquals: { 'aws:SourceAccount': ['2', '1'] } }, { 'aws:sourceaccount': ['1'] }, true],
    ['different', { StringEquals: { 'aws:SourceAccount': '1' } }, { 'aws:sourceaccount': ['2'] }, false],
    ['missing', { StringEquals: { 'aws:SourceAccount': '1' } }, {}, false],
    ['missing, if it exists', { StringEqualsIfExists: { 'aws:SourceAccount': '1' } }, {}, true],
    ['negated', { StringNotEquals: { 'aws:SourceAccount': ['1', '2'] } }, { 'aws:sourceaccount': ['2'] }, false],
    ['negated, missing', { StringNotEquals: { 'aws:SourceAccount': '1' } }, {}, true],
    ['like', { StringLike: { 'events:source': 'mizan.*' } }, { 'events:source': ['mizan.metering'] }, true],
    [
      'an ARN like',
      { ArnLike: { 'aws:SourceArn': 'arn:a:b:c:d:rule/*' } },
      { 'aws:sourcearn': ['arn:a:b:c:d:rule/x/y'] },
      true,
    ],
    [
      'an ARN of another part',
      { ArnLike: { 'aws:SourceArn': 'arn:a:*:d:e' } },
      { 'aws:sourcearn': ['arn:a:b:c:d:e'] },
      false,
    ],
    ['Bool', { Bool: { 'aws:SecureTransport': 'false' } }, { 'aws:securetransport': ['true'] }, false],
    ['Null', { Null: { 'dynamodb:LeadingKeys': 'true' } }, {}, true],
    [
      'a date',
      { DateLessThan: { 'aws:CurrentTime': '2026-01-02T00:00:00Z' } },
      { 'aws:currenttime': ['2026-01-01T00:00:00Z'] },
      true,
    ],
    ['a number', { NumericGreaterThan: { 'aws:EpochTime': '10' } }, { 'aws:epochtime': ['9'] }, false],
    [
      'all of its values',
      { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['t1#*'] } },
      { 'dynamodb:leadingkeys': ['t1#a', 't1#b'] },
      true,
    ],
    [
      'all but one',
      { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['t1#*'] } },
      { 'dynamodb:leadingkeys': ['t1#a', 't2#b'] },
      false,
    ],
    ['all of none', { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['t1#*'] } }, {}, true],
    [
      'any of several',
      { 'ForAnyValue:StringEquals': { 'dynamodb:LeadingKeys': 'b' } },
      { 'dynamodb:leadingkeys': ['a', 'b'] },
      true,
    ],
    ['any of none', { 'ForAnyValue:StringEquals': { 'dynamodb:LeadingKeys': 'b' } }, {}, false],
  ])('%s', (_name, condition, keys, expected) => {
    expect(when(condition, keys)).toBe(expected);
  });

  it('must all hold', () => {
    const both = { StringEquals: { 'aws:SourceAccount': '1', 'aws:SourceArn': 'x' } };
    expect(when(both, { 'aws:sourceaccount': ['1'], 'aws:sourcearn': ['x'] })).toBe(true);
    expect(when(both, { 'aws:sourceaccount': ['1'], 'aws:sourcearn': ['y'] })).toBe(false);
  });
});

describe('wildcards', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', 'B', '.', '(', '[', '\\', '+', '/', '-', '#', ' '),
    maxLength: 12,
  });

  it('match themselves and everything they stand for, whatever characters stand between', () => {
    fc.assert(
      fc.property(text, text, text, (before, middle, after) => {
        expect(compileWildcard(before + after)(before + after)).toBe(true);
        expect(compileWildcard(`${before}*${after}`)(before + middle + after)).toBe(true);
        expect(compileWildcard(`${before}?${after}`)(`${before}x${after}`)).toBe(true);
        expect(compileWildcard(`${before}?${after}`)(before + after)).toBe(false);
      }),
    );
  });

  it('of an ARN stay within its part', () => {
    expect(compileArn('arn:aws:sqs:*:1:q')('arn:aws:sqs:us-east-1:1:q')).toBe(true);
    expect(compileArn('arn:aws:*:q')('arn:aws:sqs:us-east-1:1:q')).toBe(false);
    expect(compileArn('arn:aws:logs:r:1:log-group:g:*')('arn:aws:logs:r:1:log-group:g:log-stream:s')).toBe(true);
  });
});
