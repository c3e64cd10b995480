import { beforeEach, describe, expect, test } from 'vitest';
import { keyOf, type TestService, tableProperties, testService } from './test-service.ts';

let on: TestService;
beforeEach(() => {
  on = testService();
});

const writes = 'dynamodb.writeRequestUnitPerMillion';
const reads = 'dynamodb.readRequestUnitPerMillion';

/** Units that the meter counts while `work` runs. */
function units(key: string, work: () => void): number {
  const before = on.meter.units(key);
  work();
  return on.meter.units(key) - before;
}

const bytes = (pk: string, size: number) => ({ ...keyOf(pk), x: { S: 'x'.repeat(size - 5 - pk.length - 1) } });
const put = (Item: object, more: object = {}) => on.call('PutItem', { TableName: 'things', Item, ...more });

// "DynamoDB read and write operations" in the developer guide: capacity unit consumption.
describe('writes', () => {
  beforeEach(() => on.table('things'));

  test('cost a unit per started KB of the larger of both items', () => {
    expect(units(writes, () => put(bytes('p', 1024)))).toBe(1);
    expect(units(writes, () => put(bytes('q', 1025)))).toBe(2);
    expect(units(writes, () => put(keyOf('q')))).toBe(2);
    expect(units(writes, () => on.call('DeleteItem', { TableName: 'things', Key: keyOf('missing') }))).toBe(1);
  });

  test('cost the size of the existing item when their condition fails', () => {
    put(bytes('p', 3000));
    const guarded = () => put(keyOf('p'), { ConditionExpression: 'attribute_not_exists(pk)' });
    expect(units(writes, () => expect(guarded).toThrow('conditional'))).toBe(3);
  });

  test('cost twice in a transaction, and reads when it is sent again', () => {
    const TransactItems = [
      { Put: { TableName: 'things', Item: bytes('p', 2000) } },
      { ConditionCheck: { TableName: 'things', Key: keyOf('q'), ConditionExpression: 'attribute_not_exists(pk)' } },
    ];
    const request = { TransactItems, ClientRequestToken: 't', ReturnConsumedCapacity: 'TOTAL' };
    expect(on.call('TransactWriteItems', request).ConsumedCapacity).toEqual([
      { TableName: 'things', CapacityUnits: 6, WriteCapacityUnits: 6 },
    ]);
    expect(on.meter.units(writes)).toBe(6);
    expect(on.call('TransactWriteItems', request).ConsumedCapacity).toEqual([
      { TableName: 'things', CapacityUnits: 4, ReadCapacityUnits: 4 },
    ]);
    expect([on.meter.units(writes), on.meter.units(reads)]).toEqual([6, 4]);
  });
});

describe('reads', () => {
  beforeEach(() => on.table('things'));

  test('cost a unit per started 4 KB, half when eventually consistent', () => {
    put(bytes('p', 4097));
    const get = (more: object) =>
      units(reads, () => on.call('GetItem', { TableName: 'things', Key: keyOf('p'), ...more }));
    expect(get({ ConsistentRead: true })).toBe(2);
    expect(get({})).toBe(1);
    expect(units(reads, () => on.call('GetItem', { TableName: 'things', Key: keyOf('missing') }))).toBe(0.5);
    expect(
      units(reads, () =>
        on.call('TransactGetItems', { TransactItems: [{ Get: { TableName: 'things', Key: keyOf('p') } }] }),
      ),
    ).toBe(4);
    expect(
      units(reads, () =>
        on.call('BatchGetItem', { RequestItems: { things: { Keys: [keyOf('p'), keyOf('missing')] } } }),
      ),
    ).toBe(1.5);
  });

  test('of many items cost the sum of their sizes, filtered or not', () => {
    for (let n = 0; n < 10; n += 1) put({ ...bytes('p', 1000), sk: { S: String(n) } });
    const query = {
      TableName: 'things',
      KeyConditionExpression: 'pk = :p',
      ExpressionAttributeValues: { ':p': { S: 'p' } },
      ConsistentRead: true,
    };
    expect(units(reads, () => on.call('Query', query))).toBe(3);
    expect(units(reads, () => on.call('Query', { ...query, FilterExpression: 'attribute_exists(absent)' }))).toBe(3);
    expect(units(reads, () => on.call('Query', { ...query, ExpressionAttributeValues: { ':p': { S: 'none' } } }))).toBe(
      1,
    );
  });
});

// "Using Global Secondary Indexes in DynamoDB", write capacity units.
describe('index writes', () => {
  beforeEach(() =>
    on.table('things', {
      AttributeDefinitions: [...tableProperties.AttributeDefinitions, { AttributeName: 'kind', AttributeType: 'S' }],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'by-kind',
          KeySchema: [{ AttributeName: 'kind', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['note'] },
        },
      ],
    }),
  );
  const indexUnits = (attributes: object) =>
    put({ ...keyOf('p'), ...attributes }, { ReturnConsumedCapacity: 'INDEXES' }).ConsumedCapacity
      .GlobalSecondaryIndexes?.['by-kind'].CapacityUnits ?? 0;

  test('cost what changes in the index', () => {
    expect(indexUnits({})).toBe(0);
    expect(indexUnits({ kind: { S: 'a' } })).toBe(1);
    expect(indexUnits({ kind: { S: 'a' }, other: { S: 'x' } })).toBe(0);
    expect(indexUnits({ kind: { S: 'a' }, note: { S: 'x' } })).toBe(1);
    expect(indexUnits({ kind: { S: 'b' }, note: { S: 'x' } })).toBe(2);
    expect(indexUnits({ note: { S: 'x' } })).toBe(1);
  });

  test('are reported beside the table and cost the same in a transaction', () => {
    const answer = on.call('TransactWriteItems', {
      TransactItems: [{ Put: { TableName: 'things', Item: { ...keyOf('q'), kind: { S: 'a' } } } }],
      ReturnConsumedCapacity: 'INDEXES',
    });
    expect(answer.ConsumedCapacity).toEqual([
      {
        TableName: 'things',
        CapacityUnits: 3,
        WriteCapacityUnits: 3,
        Table: { CapacityUnits: 2, WriteCapacityUnits: 2 },
        GlobalSecondaryIndexes: { 'by-kind': { CapacityUnits: 1, WriteCapacityUnits: 1 } },
      },
    ]);
    expect(on.meter.units(writes)).toBe(3);
  });
});
