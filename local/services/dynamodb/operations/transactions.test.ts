import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { keyOf, type TestService, testService } from '../test-service.ts';

let on: TestService;
let streamArn: string;
beforeEach(() => {
  on = testService();
  streamArn = on.table('things');
  on.table('others');
});

const put = (pk: string, more: object = {}, TableName = 'things') => ({ Put: { TableName, Item: keyOf(pk), ...more } });
const write = (TransactItems: object[], more: object = {}) => on.call('TransactWriteItems', { TransactItems, ...more });
const fail = (TransactItems: object[], more: object = {}) =>
  on.failure('TransactWriteItems', { TransactItems, ...more });
const get = (pk: string, TableName = 'things') => on.call('GetItem', { TableName, Key: keyOf(pk) }).Item;
const add = (pk: string, amount: string) => ({
  Update: {
    TableName: 'things',
    Key: keyOf(pk),
    UpdateExpression: 'SET balance = if_not_exists(balance, :zero) + :n',
    ExpressionAttributeValues: { ':zero': { N: '0' }, ':n': { N: amount } },
  },
});
const isNew = { ConditionExpression: 'attribute_not_exists(pk)' };

// "Amazon DynamoDB Transactions: How it works" and the API reference of TransactWriteItems.
describe('a write transaction', () => {
  test('changes all items, over tables', () => {
    on.call('PutItem', { TableName: 'things', Item: keyOf('gone') });
    write([
      put('a'),
      put('b', {}, 'others'),
      add('c', '5'),
      { Delete: { TableName: 'things', Key: keyOf('gone') } },
      { ConditionCheck: { TableName: 'things', Key: keyOf('x'), ...isNew } },
    ]);
    expect([get('a'), get('b', 'others'), get('c'), get('gone')]).toEqual([
      keyOf('a'),
      keyOf('b'),
      { ...keyOf('c'), balance: { N: '5' } },
      undefined,
    ]);
  });

  test('changes nothing when one condition fails, and names the reason of each item in order', () => {
    on.call('PutItem', { TableName: 'things', Item: { ...keyOf('old'), n: { N: '1' } } });
    const error = fail([
      put('a'),
      put('old', { ...isNew, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
      { ConditionCheck: { TableName: 'things', Key: keyOf('x'), ConditionExpression: 'attribute_exists(pk)' } },
    ]);
    expect(error).toMatchObject({
      name: 'TransactionCanceledException',
      message:
        'Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed, ConditionalCheckFailed]',
    });
    expect(error.extra['CancellationReasons']).toEqual([
      { Code: 'None' },
      {
        Code: 'ConditionalCheckFailed',
        Message: 'The conditional request failed',
        Item: { ...keyOf('old'), n: { N: '1' } },
      },
      { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' },
    ]);
    expect(get('a')).toBeUndefined();
  });

  test('is cancelled by an update that does not fit its item', () => {
    on.call('PutItem', { TableName: 'things', Item: { ...keyOf('p'), balance: { S: 'text' } } });
    const error = fail([put('a'), add('p', '1')]);
    expect(error.extra['CancellationReasons']).toEqual([
      { Code: 'None' },
      { Code: 'ValidationError', Message: 'An operand in the update expression has an incorrect data type' },
    ]);
    expect(get('a')).toBeUndefined();
  });

  test.each<[string, object[], string]>([
    ['no action', [], 'Member must have length greater than or equal to 1'],
    [
      '101 actions',
      Array.from({ length: 101 }, (_, n) => put(`p${n}`)),
      'Member must have length less than or equal to 100',
    ],
    [
      'two actions on one item',
      [put('a'), { ConditionCheck: { TableName: 'things', Key: keyOf('a'), ...isNew } }],
      'Transaction request cannot include multiple operations on one item',
    ],
    [
      'two actions in one element',
      [{ ...put('a'), Delete: { TableName: 'things', Key: keyOf('b') } }],
      'TransactItems can only contain one of',
    ],
    [
      'a check without condition',
      [{ ConditionCheck: { TableName: 'things', Key: keyOf('a') } }],
      'ConditionExpression of a ConditionCheck',
    ],
    ['an update without expression', [{ Update: { TableName: 'things', Key: keyOf('a') } }], 'updateExpression'],
    [
      'a wrong key',
      [{ Delete: { TableName: 'things', Key: { pk: { S: 'a' } } } }],
      'The provided key element does not match the schema',
    ],
  ])('is refused with %s', (_, items, message) => {
    expect(fail(items)).toMatchObject({ name: 'ValidationException', message: expect.stringContaining(message) });
  });

  test('is cancelled by the first item that cannot be stored, before any condition is looked at', () => {
    const wrong = { Put: { TableName: 'things', Item: { pk: { N: '1' }, sk: { S: 'a' } } } };
    const error = fail([put('a', { ConditionExpression: 'attribute_exists(pk)' }), wrong, wrong]);
    expect(error.name).toBe('TransactionCanceledException');
    expect(error.extra['CancellationReasons']).toEqual([
      { Code: 'None' },
      { Code: 'ValidationError', Message: expect.stringContaining('Type mismatch for key pk expected: S actual: N') },
      { Code: 'None' },
    ]);
  });

  test('has at most 4 MB', () => {
    const big = (n: number) => ({
      Put: { TableName: 'things', Item: { ...keyOf(`p${n}`), x: { S: 'x'.repeat(399_000) } } },
    });
    expect(fail(Array.from({ length: 11 }, (_, n) => big(n))).message).toContain('cannot exceed 4194304 bytes');
    expect(get('p0')).toBeUndefined();
    write(Array.from({ length: 10 }, (_, n) => big(n)));
    on.call('PutItem', { TableName: 'things', Item: big(10).Put.Item });
    write(Array.from({ length: 11 }, (_, n) => ({ Delete: { TableName: 'things', Key: keyOf(`p${n}`) } })));
    expect(get('p0')).toBeUndefined();
  });

  test('takes effect once per client token within ten minutes', () => {
    const request = [add('p', '1')];
    write(request, { ClientRequestToken: 'token' });
    write(request, { ClientRequestToken: 'token' });
    expect(get('p').balance).toEqual({ N: '1' });
    expect(fail([add('p', '2')], { ClientRequestToken: 'token' }).name).toBe('IdempotentParameterMismatchException');
    on.clock.advance(10 * 60 * 1000);
    write(request, { ClientRequestToken: 'token' });
    expect(get('p').balance).toEqual({ N: '2' });
  });

  test('does not remember a cancelled request', () => {
    const request = [put('a', { ConditionExpression: 'attribute_exists(pk)' })];
    expect(fail(request, { ClientRequestToken: 'token' }).name).toBe('TransactionCanceledException');
    on.call('PutItem', { TableName: 'things', Item: keyOf('a') });
    write(request, { ClientRequestToken: 'token' });
  });

  test('conflicts and is throttled on demand', () => {
    on.faults.use([{ point: 'dynamodb.transaction-conflict', probability: 1, resource: 'others', limit: 1 }]);
    expect(fail([put('a'), put('b', {}, 'others')]).extra['CancellationReasons']).toEqual([
      { Code: 'None' },
      { Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' },
    ]);
    on.faults.use([{ point: 'dynamodb.throttle', probability: 1, limit: 1 }]);
    expect(fail([put('a')]).extra['CancellationReasons'][0].Code).toBe('ThrottlingError');
    expect(get('a')).toBeUndefined();
  });
});

test('transfers keep the sum, whatever fails and however they interleave', async () => {
  const accounts = ['a', 'b', 'c', 'd'];
  const transfer = fc.record({
    from: fc.constantFrom(...accounts),
    to: fc.constantFrom(...accounts),
    amount: fc.integer({ min: 1, max: 60 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(transfer, { minLength: 1, maxLength: 30 }),
      fc.scheduler(),
      async (transfers, scheduler) => {
        for (const account of accounts)
          on.call('PutItem', { TableName: 'things', Item: { ...keyOf(account), balance: { N: '100' } } });
        const marks = new Map<string, string | undefined>();
        for (const shard of on.service.shards(streamArn)) marks.set(shard, on.service.latest(streamArn, shard));
        const outcomes: Promise<boolean>[] = transfers.map(({ from, to, amount }) =>
          scheduler.schedule(Promise.resolve()).then(async () => {
            // Read first, then write what was read: only the condition protects the balance.
            const seen = Number(get(from).balance.N);
            await scheduler.schedule(Promise.resolve());
            const debit = {
              Update: {
                TableName: 'things',
                Key: keyOf(from),
                UpdateExpression: 'SET balance = :left',
                ConditionExpression: 'balance = :seen AND balance >= :n',
                ExpressionAttributeValues: {
                  ':left': { N: `${seen - amount}` },
                  ':seen': { N: `${seen}` },
                  ':n': { N: `${amount}` },
                },
              },
            };
            try {
              write([debit, add(to, String(amount))]);
              return true;
            } catch (error) {
              expect(['TransactionCanceledException', 'ValidationException']).toContain((error as Error).name);
              return false;
            }
          }),
        );
        await scheduler.waitFor(Promise.all(outcomes));
        const balances = accounts.map((account) => Number(get(account).balance.N));
        expect(balances.reduce((sum, balance) => sum + balance, 0)).toBe(400);
        expect(Math.min(...balances)).toBeGreaterThanOrEqual(0);
        // The stream tells the same story: the last image of every account that changed is its balance.
        for (const [shard, mark] of marks)
          for (const { dynamodb } of on.service.read(streamArn, shard, mark, 10_000)) {
            const last = on.service
              .read(streamArn, shard, mark, 10_000)
              .findLast((record) => JSON.stringify(record.dynamodb.Keys) === JSON.stringify(dynamodb.Keys))!;
            expect(last.dynamodb.NewImage).toEqual(get((dynamodb.Keys as any).pk.S));
          }
      },
    ),
    { numRuns: 50 },
  );
});

// API reference of TransactGetItems.
describe('a read transaction', () => {
  test('gives an answer for every item in order', () => {
    on.call('PutItem', { TableName: 'things', Item: { ...keyOf('a'), n: { N: '1' } } });
    const answer = on.call('TransactGetItems', {
      TransactItems: [
        { Get: { TableName: 'things', Key: keyOf('missing') } },
        { Get: { TableName: 'things', Key: keyOf('a'), ProjectionExpression: 'n' } },
      ],
    });
    expect(answer).toEqual({ Responses: [{}, { Item: { n: { N: '1' } } }] });
  });

  test('reads no item twice', () => {
    const Get = { TableName: 'things', Key: keyOf('a') };
    expect(() => on.call('TransactGetItems', { TransactItems: [{ Get }, { Get }] })).toThrow(
      'multiple operations on one item',
    );
  });
});
