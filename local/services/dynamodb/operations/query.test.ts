import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { keyOf, type TestService, tableProperties, testService } from '../test-service.ts';

let on: TestService;
beforeEach(() => {
  on = testService();
});

const indexed = {
  AttributeDefinitions: [
    ...tableProperties.AttributeDefinitions,
    { AttributeName: 'kind', AttributeType: 'S' },
    { AttributeName: 'madeAt', AttributeType: 'N' },
  ],
  GlobalSecondaryIndexes: [
    index('by-kind', ['kind', 'madeAt'], { ProjectionType: 'ALL' }),
    index('keys-of-kind', ['kind'], { ProjectionType: 'KEYS_ONLY' }),
    index('some-of-kind', ['kind', 'madeAt'], { ProjectionType: 'INCLUDE', NonKeyAttributes: ['note'] }),
  ],
  LocalSecondaryIndexes: [index('by-time', ['pk', 'madeAt'], { ProjectionType: 'KEYS_ONLY' })],
};

function index(IndexName: string, [hash, range]: string[], Projection: object) {
  const KeySchema = [{ AttributeName: hash, KeyType: 'HASH' }];
  if (range !== undefined) KeySchema.push({ AttributeName: range, KeyType: 'RANGE' });
  return { IndexName, KeySchema, Projection };
}

const sortKeys = (answer: { Items: { sk: { S: string } }[] }) => answer.Items.map(({ sk }) => sk.S);

/** Reads all pages. */
function all(operation: 'Query' | 'Scan', request: object): any[] {
  const items: any[] = [];
  let ExclusiveStartKey: object | undefined;
  do {
    const answer = on.call(operation, { ...request, ...(ExclusiveStartKey && { ExclusiveStartKey }) });
    items.push(...answer.Items);
    ExclusiveStartKey = answer.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return items;
}

// "Key condition expressions for the Query operation" in the developer guide.
describe('a key condition', () => {
  beforeEach(() => {
    on.table('things');
    for (const sk of ['a', 'ab', 'abc', 'ac', 'b', 'ba', 'c'])
      on.call('PutItem', { TableName: 'things', Item: keyOf('p', sk) });
    on.call('PutItem', { TableName: 'things', Item: keyOf('other', 'a') });
  });

  const query = (condition: string, values: object = {}, more: object = {}) =>
    on.call('Query', {
      TableName: 'things',
      KeyConditionExpression: condition,
      ExpressionAttributeValues: { ':p': { S: 'p' }, ...values },
      ...more,
    });

  test.each<[string, object, string[]]>([
    ['pk = :p', {}, ['a', 'ab', 'abc', 'ac', 'b', 'ba', 'c']],
    ['pk = :p AND sk = :a', { ':a': { S: 'ab' } }, ['ab']],
    [':p = pk AND :a < sk', { ':a': { S: 'b' } }, ['ba', 'c']],
    ['pk = :p AND sk < :a', { ':a': { S: 'abc' } }, ['a', 'ab']],
    ['pk = :p AND sk <= :a', { ':a': { S: 'abc' } }, ['a', 'ab', 'abc']],
    ['pk = :p AND sk >= :a', { ':a': { S: 'ba' } }, ['ba', 'c']],
    ['pk = :p AND sk BETWEEN :a AND :b', { ':a': { S: 'ab' }, ':b': { S: 'b' } }, ['ab', 'abc', 'ac', 'b']],
    ['begins_with(sk, :a) AND pk = :p', { ':a': { S: 'ab' } }, ['ab', 'abc']],
  ])('%s', (condition, values, expected) => {
    expect(sortKeys(query(condition, values))).toEqual(expected);
    expect(sortKeys(query(condition, values, { ScanIndexForward: false }))).toEqual(expected.toReversed());
  });

  test.each<[string, object, string]>([
    ['sk = :p', {}, 'Query condition missed key schema element: pk'],
    ['pk > :p', {}, 'Query key condition not supported'],
    ['pk = :p AND x = :a', { ':a': { S: 'a' } }, 'Query condition missed key schema element: sk'],
    ['pk = :p OR sk = :a', { ':a': { S: 'a' } }, 'Invalid operator used in KeyConditionExpression: OR'],
    ['pk = :p AND contains(sk, :a)', { ':a': { S: 'a' } }, 'Invalid operator used in KeyConditionExpression: contains'],
    ['pk = :p AND sk = :a', { ':a': { N: '1' } }, 'Condition parameter type does not match schema type'],
    [
      'pk = :p AND sk > :a AND sk < :b',
      { ':a': { S: 'a' }, ':b': { S: 'b' } },
      'must only contain one condition per key',
    ],
    [
      'pk = :p AND sk.x = :a',
      { ':a': { S: 'a' } },
      'KeyConditionExpressions cannot have conditions on nested attributes',
    ],
  ])('%s is refused', (condition, values, message) => {
    expect(() => query(condition, values)).toThrow(message);
  });

  test('filters after reading, and not by key attributes', () => {
    const answer = query('pk = :p', { ':x': { S: 'x' } }, { FilterExpression: 'note = :x', Limit: 3 });
    expect(answer).toMatchObject({ Count: 0, ScannedCount: 3, LastEvaluatedKey: keyOf('p', 'abc') });
    expect(() => query('pk = :p', { ':x': { S: 'x' } }, { FilterExpression: 'sk = :x' })).toThrow(
      'Filter Expression can only contain non-primary key attributes: Primary key attribute: sk',
    );
  });

  test('a start key must lie within the query', () => {
    expect(() => query('pk = :p', {}, { ExclusiveStartKey: keyOf('other') })).toThrow('outside query boundaries');
    expect(() => query('pk = :p AND sk > :a', { ':a': { S: 'b' } }, { ExclusiveStartKey: keyOf('p', 'a') })).toThrow(
      'The provided starting key does not match the range key predicate',
    );
    expect(() => query('pk = :p', {}, { ExclusiveStartKey: { pk: { S: 'p' } } })).toThrow(
      'The provided starting key is invalid',
    );
  });
});

// "Paginating table query results" in the developer guide.
describe('pages', () => {
  test('end at 1 MB', () => {
    on.table('things');
    for (let n = 0; n < 30; n += 1)
      on.call('PutItem', {
        TableName: 'things',
        Item: { ...keyOf('p', String(n).padStart(2, '0')), x: { S: 'x'.repeat(100_000) } },
      });
    const first = on.call('Query', {
      TableName: 'things',
      KeyConditionExpression: 'pk = :p',
      ExpressionAttributeValues: { ':p': { S: 'p' } },
      Select: 'COUNT',
    });
    expect(first).toEqual({ Count: 11, ScannedCount: 11, LastEvaluatedKey: keyOf('p', '10') });
    expect(all('Scan', { TableName: 'things', ProjectionExpression: 'sk' })).toHaveLength(30);
  });

  test('of any size give every item once and in order, forwards and backwards, on tables and indexes', () => {
    on.table('things', indexed);
    for (let n = 0; n < 40; n += 1)
      on.call('PutItem', {
        TableName: 'things',
        Item: { ...keyOf('p', `s${n}`), kind: { S: 'k' }, madeAt: { N: String((n * 7) % 10) } },
      });
    const expected = Array.from({ length: 40 }, (_, n) => `s${n}`).sort();
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 45 }),
        fc.boolean(),
        fc.constantFrom(undefined, 'by-kind', 'keys-of-kind', 'by-time'),
        (Limit, ScanIndexForward, IndexName) => {
          const hash = IndexName === undefined || IndexName === 'by-time' ? 'pk' : 'kind';
          const request = {
            TableName: 'things',
            KeyConditionExpression: '#h = :h',
            ExpressionAttributeNames: { '#h': hash },
            ExpressionAttributeValues: { ':h': { S: hash === 'pk' ? 'p' : 'k' } },
            ScanIndexForward,
            ...(IndexName && { IndexName }),
          };
          const paged = all('Query', { ...request, Limit });
          expect(paged).toEqual(all('Query', request));
          expect(paged.map(({ sk }) => sk.S).sort()).toEqual(expected);
        },
      ),
      { numRuns: 60 },
    );
  });
});

// "Using Global Secondary Indexes in DynamoDB" and "Local secondary indexes".
describe('an index', () => {
  const byKind = (more: object = {}) =>
    on.call('Query', {
      TableName: 'things',
      IndexName: 'by-kind',
      KeyConditionExpression: 'kind = :k',
      ExpressionAttributeValues: { ':k': { S: 'k' } },
      ...more,
    });
  const put = (sk: string, attributes: object) =>
    on.call('PutItem', { TableName: 'things', Item: { ...keyOf('p', sk), ...attributes } });
  beforeEach(() => {
    on.table('things', indexed);
    put('a', { kind: { S: 'k' }, madeAt: { N: '10' }, note: { S: 'n' }, more: { S: 'm' } });
    put('b', { kind: { S: 'k' }, madeAt: { N: '9' } });
    put('sparse', { kind: { S: 'k' } });
  });

  test('sorts numbers by value and holds only items with its whole key', () => {
    expect(sortKeys(byKind())).toEqual(['b', 'a']);
    expect(byKind({ IndexName: 'keys-of-kind' }).Count).toBe(3);
  });

  test('follows updates and deletions', () => {
    on.call('UpdateItem', {
      TableName: 'things',
      Key: keyOf('p', 'b'),
      UpdateExpression: 'SET madeAt = :n',
      ExpressionAttributeValues: { ':n': { N: '11' } },
    });
    expect(sortKeys(byKind())).toEqual(['a', 'b']);
    on.call('UpdateItem', { TableName: 'things', Key: keyOf('p', 'a'), UpdateExpression: 'REMOVE kind' });
    expect(sortKeys(byKind())).toEqual(['b']);
    on.call('DeleteItem', { TableName: 'things', Key: keyOf('p', 'b') });
    expect(byKind().Count).toBe(0);
  });

  test('gives projected attributes', () => {
    expect(byKind({ IndexName: 'keys-of-kind', Limit: 1 }).Items[0]).toEqual({ ...keyOf('p', 'a'), kind: { S: 'k' } });
    const included = byKind({ IndexName: 'some-of-kind', ScanIndexForward: false }).Items[0];
    expect(included).toEqual({ ...keyOf('p', 'a'), kind: { S: 'k' }, madeAt: { N: '10' }, note: { S: 'n' } });
  });

  test('cannot give more when global, but fetches it when local', () => {
    const keysOnly = { IndexName: 'keys-of-kind' };
    expect(() => byKind({ ...keysOnly, ProjectionExpression: 'note' })).toThrow('does not project [note]');
    expect(() => byKind({ ...keysOnly, Select: 'ALL_ATTRIBUTES' })).toThrow('because its projection type is not ALL');
    const local = on.call('Query', {
      TableName: 'things',
      IndexName: 'by-time',
      KeyConditionExpression: 'pk = :p',
      ExpressionAttributeValues: { ':p': { S: 'p' } },
      Select: 'ALL_ATTRIBUTES',
      ConsistentRead: true,
    });
    expect(local.Items.map(({ note }: any) => note)).toEqual([undefined, { S: 'n' }]);
  });

  test('is not read consistently when global', () => {
    expect(() => byKind({ ConsistentRead: true })).toThrow(
      'Consistent reads are not supported on global secondary indexes',
    );
    expect(() => byKind({ IndexName: 'absent' })).toThrow('The table does not have the specified index: absent');
  });

  test.each([
    [{ madeAt: { S: '1' } }, 'Type mismatch for Index Key madeAt Expected: N Actual: S'],
    [{ kind: { S: '' } }, 'cannot contain an empty string value. IndexName: by-kind, IndexKey: kind'],
  ])('refuses items with %j', (attributes, message) => {
    expect(() => put('x', attributes)).toThrow(message);
  });
});

// "Scanning tables in DynamoDB", parallel scan.
describe('a scan', () => {
  beforeEach(() => {
    on.table('things');
    for (let n = 0; n < 100; n += 1) on.call('PutItem', { TableName: 'things', Item: keyOf(`p${n}`) });
  });

  test('in segments gives every item once', () => {
    const segments = [0, 1, 2, 3].map((Segment) =>
      all('Scan', { TableName: 'things', Segment, TotalSegments: 4, Limit: 7 }),
    );
    for (const segment of segments) expect(segment.length).toBeGreaterThan(5);
    expect(new Set(segments.flat().map(({ pk }) => pk.S)).size).toBe(100);
    expect(segments.flat()).toHaveLength(100);
  });

  test('refuses segments that make no sense', () => {
    const scan = (more: object) => () => on.call('Scan', { TableName: 'things', ...more });
    expect(scan({ Segment: 1 })).toThrow('The TotalSegments parameter is required');
    expect(scan({ TotalSegments: 2 })).toThrow('The Segment parameter is required');
    expect(scan({ Segment: 2, TotalSegments: 2 })).toThrow('Segment: 2 is not less than TotalSegments: 2');
    expect(scan({ Limit: 0 })).toThrow('Member must have value greater than or equal to 1');
  });
});
