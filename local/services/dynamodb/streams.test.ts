import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import type { StreamRecord } from '../../runtime/types.ts';
import { keyOf, type TestService, testService } from './test-service.ts';

let on: TestService;
beforeEach(() => {
  on = testService();
});

/** All kept records of a stream, shard after shard. */
function records(streamArn: string): StreamRecord[] {
  return on.service.shards(streamArn).flatMap((shard) => on.service.read(streamArn, shard, undefined, 10_000));
}
const put = (Item: object) => on.call('PutItem', { TableName: 'things', Item });
const withStream = (StreamViewType: string) => ({ StreamSpecification: { StreamEnabled: true, StreamViewType } });

// "Change data capture for DynamoDB Streams" in the developer guide.
describe('a stream', () => {
  test('tells of inserts, changes and removals', () => {
    const arn = on.table('things');
    put({ ...keyOf('p'), n: { N: '1' } });
    on.call('UpdateItem', {
      TableName: 'things',
      Key: keyOf('p'),
      UpdateExpression: 'SET n = :n',
      ExpressionAttributeValues: { ':n': { N: '2' } },
    });
    on.call('DeleteItem', { TableName: 'things', Key: keyOf('p') });
    const [insert, modify, remove] = records(arn);
    expect(insert).toEqual({
      eventID: expect.stringMatching(/^[0-9a-f]{32}$/),
      eventName: 'INSERT',
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: 'us-east-1',
      eventSourceARN: arn,
      dynamodb: {
        ApproximateCreationDateTime: Date.UTC(2026, 0, 1) / 1000,
        Keys: keyOf('p'),
        NewImage: { ...keyOf('p'), n: { N: '1' } },
        SequenceNumber: expect.stringMatching(/^\d{21,40}$/),
        SizeBytes: 15,
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
    });
    expect(modify).toMatchObject({
      eventName: 'MODIFY',
      dynamodb: { OldImage: { n: { N: '1' } }, NewImage: { n: { N: '2' } } },
    });
    expect(remove).toMatchObject({ eventName: 'REMOVE', dynamodb: { OldImage: { n: { N: '2' } } } });
    expect(remove!.dynamodb).not.toHaveProperty('NewImage');
    expect(remove).not.toHaveProperty('userIdentity');
  });

  test.each([
    ['KEYS_ONLY', false, false],
    ['NEW_IMAGE', true, false],
    ['OLD_IMAGE', false, true],
    ['NEW_AND_OLD_IMAGES', true, true],
  ])('of type %s holds what it says', (type, hasNew, hasOld) => {
    const arn = on.table('things', withStream(type));
    put({ ...keyOf('p'), n: { N: '1' } });
    put({ ...keyOf('p'), n: { N: '2' } });
    const { dynamodb } = records(arn)[1]!;
    expect(['NewImage' in dynamodb, 'OldImage' in dynamodb, dynamodb.StreamViewType]).toEqual([hasNew, hasOld, type]);
  });

  test('is silent about writes that change nothing', () => {
    const arn = on.table('things');
    put({ ...keyOf('p'), s: { SS: ['a', 'b'] }, n: { N: '1.0' } });
    put({ n: { N: '1' }, s: { SS: ['b', 'a'] }, ...keyOf('p') });
    on.call('UpdateItem', { TableName: 'things', Key: keyOf('p') });
    on.call('DeleteItem', { TableName: 'things', Key: keyOf('missing') });
    expect(records(arn)).toHaveLength(1);
  });

  test('is silent about failed writes and cancelled transactions', () => {
    const arn = on.table('things');
    const guard = { ConditionExpression: 'attribute_exists(pk)' };
    on.failure('PutItem', { TableName: 'things', Item: keyOf('p'), ...guard });
    on.failure('TransactWriteItems', {
      TransactItems: [
        { Put: { TableName: 'things', Item: keyOf('a') } },
        { Put: { TableName: 'things', Item: keyOf('b'), ...guard } },
      ],
    });
    expect(records(arn)).toEqual([]);
  });

  test('keeps the order of one partition key in one shard, and can be read from any position', () => {
    const arn = on.table('things');
    for (let n = 0; n < 200; n += 1) put({ ...keyOf(`p${n % 20}`, String(n)), n: { N: String(n) } });
    const shards = on.service.shards(arn);
    expect(shards.length).toBeGreaterThanOrEqual(2);
    const shardOf = new Map<string, string>();
    for (const shard of shards) {
      const all = on.service.read(arn, shard, undefined, 1000);
      expect(all.length).toBeGreaterThan(0);
      const numbers = all.map(({ dynamodb }) => Number((dynamodb.NewImage as any).n.N));
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
      for (const { dynamodb } of all) {
        const pk = (dynamodb.Keys as any).pk.S;
        expect(shardOf.get(pk) ?? shard).toBe(shard);
        shardOf.set(pk, shard);
      }
      expect(on.service.latest(arn, shard)).toBe(all.at(-1)!.dynamodb.SequenceNumber);
      expect(on.service.read(arn, shard, all[2]!.dynamodb.SequenceNumber, 3)).toEqual(all.slice(3, 6));
      expect(on.service.read(arn, shard, all.at(-1)!.dynamodb.SequenceNumber, 3)).toEqual([]);
    }
  });

  test('wakes its listeners once per turn', async () => {
    const arn = on.table('things');
    let calls = 0;
    const stop = on.service.onAppend(arn, () => {
      calls += 1;
    });
    put(keyOf('a'));
    put(keyOf('b'));
    expect(calls).toBe(0);
    await turn();
    expect(calls).toBe(1);
    stop();
    put(keyOf('c'));
    await turn();
    expect(calls).toBe(1);
  });

  test('forgets records after a day', () => {
    const arn = on.table('things');
    put(keyOf('a'));
    on.clock.advance(20 * 60 * 60 * 1000);
    put(keyOf('b'));
    on.clock.advance(5 * 60 * 60 * 1000);
    const kept = () => records(arn).map(({ dynamodb }) => dynamodb.Keys);
    expect(kept()).toEqual([keyOf('b')]);
    put(keyOf('c'));
    expect(kept()).toHaveLength(2);
    on.clock.advance(23 * 60 * 60 * 1000);
    expect(kept()).toEqual([keyOf('c')]);
  });

  test('that does not exist is refused', () => {
    on.table('things');
    expect(() => on.service.shards('arn:aws:dynamodb:us-east-1:123456789012:table/things/stream/old')).toThrow(
      'Stream',
    );
  });
});

// "Using time to live (TTL) in DynamoDB" and "DynamoDB Streams and Time to Live".
describe('time to live', () => {
  const inSeconds = (seconds: number) => ({ N: String(on.clock.now() / 1000 + seconds) });
  const pks = () =>
    on
      .call('Scan', { TableName: 'things' })
      .Items.map(({ pk }: any) => pk.S)
      .sort();
  const enable = (Enabled = true) =>
    on.call('UpdateTimeToLive', {
      TableName: 'things',
      TimeToLiveSpecification: { AttributeName: 'expires', Enabled },
    });

  test('deletes expired items within a minute, as the service, free of charge', async () => {
    const arn = on.table('things');
    enable();
    await on.service.start!();
    put({ ...keyOf('soon'), expires: inSeconds(60) });
    put({ ...keyOf('later'), expires: inSeconds(600) });
    put({ ...keyOf('text'), expires: { S: '1' } });
    put({ ...keyOf('ancient'), expires: { N: '1000' } });
    put(keyOf('never'));
    const paid = on.meter.units('dynamodb.writeRequestUnitPerMillion');
    on.clock.advance(59_000);
    expect(pks()).toEqual(['ancient', 'later', 'never', 'soon', 'text']);
    on.clock.advance(61_000);
    expect(pks()).toEqual(['ancient', 'later', 'never', 'text']);
    expect(on.meter.units('dynamodb.writeRequestUnitPerMillion')).toBe(paid);
    const removal = records(arn).find(({ eventName }) => eventName === 'REMOVE');
    expect(removal).toMatchObject({
      userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
      dynamodb: { Keys: keyOf('soon') },
    });
    await on.service.stop!();
  });

  test('sets no timer that has nothing to delete', async () => {
    on.table('things');
    enable();
    await on.service.start!();
    put({ ...keyOf('never'), expires: { S: 'never' } });
    expect(on.clock.pendingTimers).toBe(0);
    put({ ...keyOf('later'), expires: inSeconds(1_000_000) });
    put({ ...keyOf('sooner'), expires: inSeconds(1000) });
    expect(on.clock.pendingTimers).toBe(1);
    on.clock.advance(1_100_000 * 1000);
    expect(pks()).toEqual(['never']);
    expect(on.clock.pendingTimers).toBe(0);
    await on.service.stop!();
  });

  test('reaches items that were there before it was turned on, and stops when turned off', async () => {
    on.table('things');
    await on.service.start!();
    put({ ...keyOf('old'), expires: inSeconds(-1) });
    on.clock.advance(60_000);
    expect(pks()).toEqual(['old']);
    enable();
    expect(() => enable()).toThrow('TimeToLive is already enabled');
    expect(on.call('DescribeTimeToLive', { TableName: 'things' }).TimeToLiveDescription).toEqual({
      TimeToLiveStatus: 'ENABLED',
      AttributeName: 'expires',
    });
    on.clock.advance(60_000);
    expect(pks()).toEqual([]);
    enable(false);
    put({ ...keyOf('kept'), expires: inSeconds(-1) });
    on.clock.advance(60_000);
    expect(pks()).toEqual(['kept']);
    await on.service.stop!();
  });
});
