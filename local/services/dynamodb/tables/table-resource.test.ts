import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CreatedResource } from '../../../runtime/types.ts';
import { keyOf, type TestService, tableProperties, testService } from '../test-service.ts';

let dataDir: string;
const running: TestService[] = [];
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'dynamodb-'));
});
afterEach(async () => {
  for (const { service } of running.splice(0)) await service.stop!();
  rmSync(dataDir, { recursive: true });
});

function started(): TestService {
  const on = testService(dataDir);
  running.push(on);
  return on;
}

async function restarted(): Promise<TestService> {
  await running.pop()!.service.stop!();
  return started();
}

const template = { ...tableProperties, StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' } };
const byKind = {
  AttributeDefinitions: [...template.AttributeDefinitions, { AttributeName: 'kind', AttributeType: 'S' }],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'by-kind',
      KeySchema: [{ AttributeName: 'kind', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'ALL' },
    },
  ],
};

function declare(on: TestService, properties: object = {}): CreatedResource {
  return on.service.resources['AWS::DynamoDB::Table']!({
    logicalId: 'Meters',
    stackName: 'Metering',
    type: 'AWS::DynamoDB::Table',
    properties: { ...template, ...properties },
    metadata: {},
    defaultName: 'metering-meters',
  }) as CreatedResource;
}

const arn = 'arn:aws:dynamodb:us-east-1:123456789012:table/metering-meters';

describe('a declared table', () => {
  test('is named by the template or by default, and has its ARNs', () => {
    const on = started();
    expect(declare(on)).toEqual({
      ref: 'metering-meters',
      attributes: { Arn: arn, StreamArn: `${arn}/stream/2026-01-01T00:00:00.000` },
    });
    expect(declare(on, { TableName: 'named', StreamSpecification: undefined })).toEqual({
      ref: 'named',
      attributes: { Arn: 'arn:aws:dynamodb:us-east-1:123456789012:table/named' },
    });
    expect(on.call('ListTables', {}).TableNames).toEqual(['metering-meters', 'named']);
  });

  test('accepts what has no effect on one machine and refuses what it cannot honour', () => {
    const on = started();
    declare(on, {
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
      Tags: [{ Key: 'a', Value: 'b' }],
      ResourcePolicy: { PolicyDocument: {} },
      DeletionProtectionEnabled: true,
    });
    expect(() => on.call('DeleteTable', { TableName: 'metering-meters' })).toThrow('protected against deletion');
    expect(() => declare(on, { ImportSourceSpecification: {} })).toThrow(
      expect.objectContaining({
        name: 'ConfigurationError',
        message: expect.stringContaining('ImportSourceSpecification'),
      }),
    );
    expect(() => declare(on, { KeySchema: [] })).toThrow(
      expect.objectContaining({
        name: 'ConfigurationError',
        message: expect.stringContaining('Table Meters of stack Metering cannot be created'),
      }),
    );
  });

  test('keeps items, stream position and time to live over a restart', async () => {
    const timeToLive = { TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true } };
    const streamArn = declare(started(), timeToLive).attributes!['StreamArn'] as string;
    const before = running[0]!;
    before.call('PutItem', { TableName: 'metering-meters', Item: keyOf('p') });
    const records = before.service
      .shards(streamArn)
      .flatMap((shard) => before.service.read(streamArn, shard, undefined, 10));

    const after = await restarted();
    expect(declare(after, timeToLive).attributes!['StreamArn']).toBe(streamArn);
    expect(after.call('GetItem', { TableName: 'metering-meters', Key: keyOf('p') }).Item).toEqual(keyOf('p'));
    expect(after.call('DescribeTimeToLive', { TableName: 'metering-meters' }).TimeToLiveDescription.AttributeName).toBe(
      'expires',
    );
    after.call('DeleteItem', { TableName: 'metering-meters', Key: keyOf('p') });
    const all = after.service.shards(streamArn).flatMap((shard) => after.service.read(streamArn, shard, undefined, 10));
    expect(all[0]).toEqual(records[0]);
    expect(all.map(({ eventName }) => eventName)).toEqual(['INSERT', 'REMOVE']);
    expect(all[1]!.dynamodb.SequenceNumber > all[0]!.dynamodb.SequenceNumber).toBe(true);
  });

  test('never gives a sequence number twice, even when all records are gone', async () => {
    const before = started();
    const newest = (on: TestService, streamArn: string) =>
      on.service.shards(streamArn).flatMap((shard) => on.service.latest(streamArn, shard) ?? []);
    const first = declare(before).attributes!['StreamArn'] as string;
    before.call('PutItem', { TableName: 'metering-meters', Item: keyOf('p') });
    const [last] = newest(before, first);
    declare(before, { StreamSpecification: undefined });

    const after = await restarted();
    const second = declare(after).attributes!['StreamArn'] as string;
    expect(newest(after, second)).toEqual([]);
    after.call('DeleteItem', { TableName: 'metering-meters', Key: keyOf('p') });
    expect(newest(after, second)[0]! > last!).toBe(true);
  });

  test('gets new indexes filled and old ones dropped', async () => {
    declare(started());
    for (let n = 0; n < 2500; n += 1)
      running[0]!.call('PutItem', { TableName: 'metering-meters', Item: { ...keyOf(`p${n}`), kind: { S: 'k' } } });
    const query = {
      TableName: 'metering-meters',
      IndexName: 'by-kind',
      KeyConditionExpression: 'kind = :k',
      ExpressionAttributeValues: { ':k': { S: 'k' } },
    };
    const on = await restarted();
    declare(on, byKind);
    expect(on.call('Query', query).Count).toBe(2500);
    declare(on);
    expect(() => on.call('Query', query)).toThrow('does not have the specified index');
    declare(on, byKind);
    expect(on.call('Query', query).Count).toBe(2500);
  });

  test('starts a new stream when its view type changes', () => {
    const on = started();
    const first = declare(on).attributes!['StreamArn'] as string;
    on.clock.advance(1000);
    const second = declare(on, { StreamSpecification: { StreamViewType: 'KEYS_ONLY' } }).attributes!['StreamArn'];
    expect(second).not.toBe(first);
    expect(() => on.service.shards(first)).toThrow('not found');
  });

  test('with another key schema is refused, with the way out', () => {
    const on = started();
    declare(on);
    const changed = {
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    };
    expect(() => declare(on, changed)).toThrow(
      expect.objectContaining({ name: 'ConfigurationError', message: expect.stringContaining('start with --fresh') }),
    );
  });

  test('locks its file against a second platform', () => {
    started();
    expect(() => testService(dataDir)).toThrow(
      expect.objectContaining({ name: 'ConfigurationError', message: expect.stringContaining('another platform') }),
    );
  });
});

describe('the control plane', () => {
  test('describes a table as it was created', () => {
    const on = started();
    on.table('things', byKind);
    on.call('PutItem', { TableName: 'things', Item: { ...keyOf('p'), kind: { S: 'k' } } });
    expect(on.call('DescribeTable', { TableName: 'things' }).Table).toMatchObject({
      TableName: 'things',
      TableStatus: 'ACTIVE',
      ItemCount: 1,
      TableSizeBytes: 11,
      KeySchema: template.KeySchema,
      AttributeDefinitions: byKind.AttributeDefinitions,
      GlobalSecondaryIndexes: [
        { IndexName: 'by-kind', IndexStatus: 'ACTIVE', ItemCount: 1, Projection: { ProjectionType: 'ALL' } },
      ],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    });
    expect(on.failure('CreateTable', { ...template, TableName: 'things' }).name).toBe('ResourceInUseException');
    on.call('DeleteTable', { TableName: 'things' });
    expect(on.failure('DescribeTable', { TableName: 'things' }).name).toBe('ResourceNotFoundException');
  });

  test('lists tables in pages', () => {
    const on = started();
    for (const name of ['ccc', 'aaa', 'bbb']) on.table(name);
    expect(on.call('ListTables', { Limit: 2 })).toEqual({ TableNames: ['aaa', 'bbb'], LastEvaluatedTableName: 'bbb' });
    expect(on.call('ListTables', { ExclusiveStartTableName: 'bbb' })).toEqual({ TableNames: ['ccc'] });
  });

  test.each<[object, string]>([
    [{ KeySchema: [{ AttributeName: 'pk', KeyType: 'RANGE' }] }, 'is not a HASH key type'],
    [{ AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }] }, 'not defined in AttributeDefinitions'],
    [{ AttributeDefinitions: byKind.AttributeDefinitions }, 'does not exactly match number of attributes'],
    [{ StreamSpecification: { StreamEnabled: true, StreamViewType: 'ALL' } }, 'Unknown StreamViewType: ALL'],
    [{ TableName: 'a b' }, 'failed to satisfy constraint'],
    [
      { AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'BOOL' }] },
      'Member must satisfy enum value set: [B, N, S]',
    ],
    [
      { ...byKind, GlobalSecondaryIndexes: [{ ...byKind.GlobalSecondaryIndexes[0], IndexName: 'x' }] },
      "Value 'x' at 'indexName'",
    ],
    [
      {
        ...byKind,
        GlobalSecondaryIndexes: [{ ...byKind.GlobalSecondaryIndexes[0], Projection: { ProjectionType: 'INCLUDE' } }],
      },
      'NonKeyAttributes is not specified',
    ],
    [
      {
        ...byKind,
        LocalSecondaryIndexes: [
          {
            IndexName: 'local',
            KeySchema: [
              { AttributeName: 'kind', KeyType: 'HASH' },
              { AttributeName: 'sk', KeyType: 'RANGE' },
            ],
            Projection: { ProjectionType: 'ALL' },
          },
        ],
      },
      'does not have the same leading hash key',
    ],
  ])('refuses %j', (properties, message) => {
    const on = started();
    expect(() => on.table('things', properties)).toThrow(message);
  });
});
