import { beforeEach, describe, expect, test } from 'vitest';
import { keyOf, type TestService, testService } from '../test-service.ts';

let on: TestService;
beforeEach(() => {
  on = testService();
  on.table('things');
  on.table('others');
});

const puts = (count: number, attributes: object = {}) =>
  Array.from({ length: count }, (_, n) => ({ PutRequest: { Item: { ...keyOf(`p${n}`), ...attributes } } }));
const keys = (count: number) => Array.from({ length: count }, (_, n) => keyOf(`p${n}`));
const count = (TableName: string) => on.call('Scan', { TableName, Select: 'COUNT' }).Count;

// API reference of BatchWriteItem.
describe('a batch write', () => {
  test('puts and deletes over tables', () => {
    on.call('BatchWriteItem', { RequestItems: { things: puts(20) } });
    const answer = on.call('BatchWriteItem', {
      RequestItems: { things: keys(10).map((Key) => ({ DeleteRequest: { Key } })), others: puts(5) },
    });
    expect(answer).toEqual({ UnprocessedItems: {} });
    expect([count('things'), count('others')]).toEqual([10, 5]);
  });

  test.each<[string, object, string]>([
    ['26 items', { things: puts(25), others: puts(1) }, 'Too many items requested for the BatchWriteItem call'],
    ['no items', {}, 'Member must have length greater than or equal to 1'],
    ['an item twice', { things: [...puts(1), ...puts(1)] }, 'Provided list of item keys contains duplicates'],
    [
      'a put and a deletion of one item',
      { things: [...puts(1), { DeleteRequest: { Key: keyOf('p0') } }] },
      'Provided list of item keys contains duplicates',
    ],
    ['neither put nor deletion', { things: [{}] }, 'must contain exactly one of the supported datatypes'],
    [
      'an item without its key',
      { things: [{ PutRequest: { Item: { pk: { S: 'p' } } } }] },
      'Missing the key sk in the item',
    ],
    [
      'an item that is too large',
      { things: [...puts(2), { PutRequest: { Item: { ...keyOf('big'), x: { S: 'x'.repeat(410_000) } } } }] },
      'Item size has exceeded the maximum allowed size',
    ],
  ])('is refused whole with %s', (_, RequestItems, message) => {
    expect(on.failure('BatchWriteItem', { RequestItems })).toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(message),
    });
    expect(count('things')).toBe(0);
  });

  test('leaves items unprocessed on demand, in a form that can be sent again', () => {
    on.faults.use([{ point: 'dynamodb.unprocessed', probability: 0.5 }], 1);
    let RequestItems: Record<string, object[]> = { things: puts(25) };
    let rounds = 0;
    while (Object.keys(RequestItems).length > 0) {
      RequestItems = on.call('BatchWriteItem', { RequestItems }).UnprocessedItems;
      rounds += 1;
    }
    expect(rounds).toBeGreaterThan(1);
    expect(count('things')).toBe(25);
  });
});

// API reference of BatchGetItem.
describe('a batch get', () => {
  test('gives the items that exist, with projection', () => {
    on.call('BatchWriteItem', { RequestItems: { things: puts(3, { n: { N: '1' } }), others: puts(1) } });
    const answer = on.call('BatchGetItem', {
      RequestItems: {
        things: { Keys: keys(5), ProjectionExpression: 'n', ConsistentRead: true },
        others: { Keys: keys(1) },
      },
    });
    expect(answer).toEqual({
      Responses: { things: Array(3).fill({ n: { N: '1' } }), others: [keyOf('p0')] },
      UnprocessedKeys: {},
    });
  });

  test('refuses more than 100 keys and keys that come twice', () => {
    const get = (RequestItems: object) => () => on.call('BatchGetItem', { RequestItems });
    expect(get({ things: { Keys: keys(60) }, others: { Keys: keys(41) } })).toThrow(
      'Too many items requested for the BatchGetItem call',
    );
    expect(get({ things: { Keys: [keyOf('a'), keyOf('a')] } })).toThrow(
      'Provided list of item keys contains duplicates',
    );
  });

  test('gives at most 16 MB and leaves the rest for another call', () => {
    for (let n = 0; n < 50; n += 1)
      on.call('PutItem', { TableName: 'things', Item: { ...keyOf(`p${n}`), x: { S: 'x'.repeat(399_000) } } });
    const first = on.call('BatchGetItem', { RequestItems: { things: { Keys: keys(50), ProjectionExpression: 'pk' } } });
    expect(first.Responses.things).toHaveLength(42);
    const second = on.call('BatchGetItem', { RequestItems: first.UnprocessedKeys });
    expect(second).toMatchObject({ Responses: { things: { length: 8 } }, UnprocessedKeys: {} });
  });
});
