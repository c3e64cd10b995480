import { beforeEach, describe, expect, test } from 'vitest';
import { keyOf, type TestService, testService } from '../test-service.ts';

let on: TestService;
beforeEach(() => {
  on = testService();
  on.table('things');
});

const put = (attributes: object, more: object = {}) =>
  on.call('PutItem', { TableName: 'things', Item: { ...keyOf('p'), ...attributes }, ...more });
const get = (pk = 'p', more: object = {}) => on.call('GetItem', { TableName: 'things', Key: keyOf(pk), ...more });
const update = (more: object) => on.call('UpdateItem', { TableName: 'things', Key: keyOf('p'), ...more });

describe('a condition', () => {
  const ifNew = { ConditionExpression: 'attribute_not_exists(pk)' };

  test('guards a write', () => {
    put({ n: { N: '1' } }, ifNew);
    expect(() => put({ n: { N: '2' } }, ifNew)).toThrow('The conditional request failed');
    expect(get().Item.n).toEqual({ N: '1' });
  });

  test('gives the item that broke it when asked', () => {
    put({ n: { N: '1' } });
    const request = { TableName: 'things', Item: keyOf('p'), ...ifNew };
    expect(on.failure('PutItem', request).extra).toEqual({});
    expect(on.failure('PutItem', { ...request, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' })).toMatchObject({
      name: 'ConditionalCheckFailedException',
      extra: { Item: { ...keyOf('p'), n: { N: '1' } } },
    });
  });

  test('guards updates and deletions too', () => {
    const guard = { ConditionExpression: 'n = :n', ExpressionAttributeValues: { ':n': { N: '2' } } };
    put({ n: { N: '1' } });
    expect(() => update({ ...guard, UpdateExpression: 'REMOVE n' })).toThrow('The conditional request failed');
    expect(() => on.call('DeleteItem', { TableName: 'things', Key: keyOf('p'), ...guard })).toThrow('conditional');
    expect(get().Item.n).toEqual({ N: '1' });
  });
});

describe('return values', () => {
  test.each<[string, object | undefined]>([
    ['NONE', undefined],
    ['ALL_OLD', { ...keyOf('p'), a: { N: '1' }, m: { M: { x: { S: 'o' }, y: { S: 'k' } } } }],
    ['UPDATED_OLD', { a: { N: '1' }, m: { M: { x: { S: 'o' } } } }],
    ['ALL_NEW', { ...keyOf('p'), a: { N: '2' }, m: { M: { x: { S: 'n' }, y: { S: 'k' } } }, b: { S: 'new' } }],
    ['UPDATED_NEW', { a: { N: '2' }, m: { M: { x: { S: 'n' } } }, b: { S: 'new' } }],
  ])('%s of an update', (returned, expected) => {
    put({ a: { N: '1' }, m: { M: { x: { S: 'o' }, y: { S: 'k' } } } });
    const answer = update({
      UpdateExpression: 'SET a = :a, m.x = :x, b = :b',
      ExpressionAttributeValues: { ':a': { N: '2' }, ':x': { S: 'n' }, ':b': { S: 'new' } },
      ReturnValues: returned,
    });
    expect(answer.Attributes).toEqual(expected);
  });

  test('of puts and deletions are old or none', () => {
    put({ a: { N: '1' } });
    expect(put({ a: { N: '2' } }, { ReturnValues: 'ALL_OLD' }).Attributes.a).toEqual({ N: '1' });
    const answer = on.call('DeleteItem', { TableName: 'things', Key: keyOf('p'), ReturnValues: 'ALL_OLD' });
    expect(answer.Attributes.a).toEqual({ N: '2' });
    expect(get()).toEqual({});
    expect(() => put({}, { ReturnValues: 'ALL_NEW' })).toThrow('ReturnValues can only be ALL_OLD or NONE');
  });
});

test('an update of a missing item creates it', () => {
  update({
    UpdateExpression: 'SET n = if_not_exists(n, :zero) + :one',
    ExpressionAttributeValues: { ':zero': { N: '0' }, ':one': { N: '1' } },
  });
  expect(get().Item).toEqual({ ...keyOf('p'), n: { N: '1' } });
});

test('an update without anything to add creates no item, unless it says nothing at all', () => {
  update({ UpdateExpression: 'REMOVE n DELETE s :s', ExpressionAttributeValues: { ':s': { SS: ['a'] } } });
  expect(get()).toEqual({});
  update({});
  expect(get().Item).toEqual(keyOf('p'));
});

test('deleting a missing item is no error', () => {
  expect(on.call('DeleteItem', { TableName: 'things', Key: keyOf('missing') })).toEqual({});
});

test('numbers survive with all 38 digits', () => {
  const digits = '1234567890123456789012345678.9012345678';
  put({ n: { N: digits } });
  expect(get().Item.n).toEqual({ N: digits });
});

// "Service, account, and table quotas": item size and key lengths.
describe('limits', () => {
  const overhead = 'pk'.length + 'p'.length + 'sk'.length + 'a'.length + 'x'.length;

  test('an item has at most 400 KB', () => {
    put({ x: { S: 'x'.repeat(400 * 1024 - overhead) } });
    expect(() => put({ x: { S: 'x'.repeat(400 * 1024 - overhead + 1) } })).toThrow(
      'Item size has exceeded the maximum allowed size',
    );
    expect(() => update({ UpdateExpression: 'SET y = :y', ExpressionAttributeValues: { ':y': { S: 'y' } } })).toThrow(
      'Item size to update has exceeded the maximum allowed size',
    );
  });

  test.each([
    [{ ...keyOf('x'.repeat(2049)) }, 'Size of hashkey has exceeded the maximum size limit of2048 bytes'],
    [{ ...keyOf('p', 'é'.repeat(513)) }, 'Aggregated size of all range keys has exceeded the size limit of 1024 bytes'],
    [{ ...keyOf('') }, 'The AttributeValue for a key attribute cannot contain an empty string value. Key: pk'],
    [{ pk: { S: 'p' } }, 'Missing the key sk in the item'],
    [{ pk: { S: 'p' }, sk: { N: '1' } }, 'Type mismatch for key sk expected: S actual: N'],
  ])('%# a key must fit', (Item, message) => {
    expect(() => on.call('PutItem', { TableName: 'things', Item })).toThrow(message);
  });

  test.each([[{ pk: { S: 'p' } }], [{ ...keyOf('p'), more: { S: 'x' } }], [{ pk: { S: 'p' }, other: { S: 'a' } }]])(
    '%# a key of a request has the key attributes and no other',
    (Key) => {
      expect(() => on.call('GetItem', { TableName: 'things', Key })).toThrow(
        'The provided key element does not match the schema',
      );
    },
  );
});

describe('a request that AWS refuses', () => {
  test.each<[string, object, string, string]>([
    ['PutItem', { TableName: 'absent', Item: keyOf('p') }, 'ResourceNotFoundException', 'Requested resource not found'],
    [
      'DescribeTable',
      { TableName: 'absent' },
      'ResourceNotFoundException',
      'Requested resource not found: Table: absent not found',
    ],
    [
      'PutItem',
      { Item: keyOf('p') },
      'ValidationException',
      "Value null at 'tableName' failed to satisfy constraint: Member must not be null",
    ],
    [
      'PutItem',
      { TableName: 'things', Item: keyOf('p'), ReturnValues: 'SOME' },
      'ValidationException',
      'Member must satisfy enum value set',
    ],
    [
      'PutItem',
      { TableName: 'things', Item: keyOf('p'), Expected: {} },
      'ValidationException',
      'The legacy parameter Expected is not supported',
    ],
    [
      'GetItem',
      { TableName: 'a b', Key: keyOf('p') },
      'ValidationException',
      'Member must satisfy regular expression pattern',
    ],
    ['PutItem', { TableName: 'things', Item: [] }, 'SerializationException', 'Unrecognized collection type'],
    [
      'PutItem',
      { TableName: 'things', Item: keyOf('p'), ExpressionAttributeNames: { '#a': 'a' } },
      'ValidationException',
      'ExpressionAttributeNames can only be specified when using expressions',
    ],
    ['ExportTable', {}, 'UnknownOperationException', 'does not know the operation ExportTable'],
  ])('%s %j', (operation, request, name, message) => {
    expect(on.failure(operation, request)).toMatchObject({ name, message: expect.stringContaining(message) });
  });
});

test('a throttled table refuses reads and writes', () => {
  on.faults.use([{ point: 'dynamodb.throttle', probability: 1, resource: 'things', limit: 2 }]);
  expect(on.failure('PutItem', { TableName: 'things', Item: keyOf('p') }).name).toBe(
    'ProvisionedThroughputExceededException',
  );
  expect(on.failure('GetItem', { TableName: 'things', Key: keyOf('p') }).name).toBe(
    'ProvisionedThroughputExceededException',
  );
  expect(get()).toEqual({});
});
