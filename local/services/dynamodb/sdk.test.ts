import {
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type AwsEndpoint, startAwsEndpoint } from '../../runtime/aws-endpoint.ts';
import { keyOf, type TestService, testService } from './test-service.ts';

let on: TestService;
let endpoint: AwsEndpoint;
let client: DynamoDBClient;

beforeAll(async () => {
  on = testService();
  endpoint = await startAwsEndpoint({
    port: 0,
    clock: on.clock,
    log: { debug() {}, info() {}, warn() {}, error() {} },
    service: (name) => (name === 'dynamodb' ? on.service : undefined),
    control: () => Promise.reject(new Error('not used')),
  });
  client = new DynamoDBClient({
    endpoint: endpoint.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 3,
  });
});
afterAll(async () => {
  client.destroy();
  await endpoint.close();
});

let tableName = '';
let tables = 0;
beforeEach(() => {
  tables += 1;
  tableName = `table-${tables}`;
  on.table(tableName);
});

test('values of every type come back as they went', async () => {
  const document = DynamoDBDocumentClient.from(client);
  const Item = {
    pk: 'p',
    sk: 'a',
    text: 'ميزان',
    number: 1.5,
    bytes: new Uint8Array([1, 2, 255]),
    set: new Set(['a', 'b']),
    map: { list: [1, 'x', null, true, { deep: [] }] },
  };
  await document.send(new PutCommand({ TableName: tableName, Item }));
  const answer = await document.send(new GetCommand({ TableName: tableName, Key: { pk: 'p', sk: 'a' } }));
  expect(answer.Item).toEqual(Item);
});

test('errors arrive as the classes of the SDK', async () => {
  const guarded = { TableName: tableName, Item: keyOf('p'), ConditionExpression: 'attribute_exists(pk)' };
  await expect(client.send(new PutItemCommand(guarded))).rejects.toThrow(ConditionalCheckFailedException);
  const cancelled = await client
    .send(new TransactWriteItemsCommand({ TransactItems: [{ Put: guarded }] }))
    .catch((error: unknown) => error);
  expect(cancelled).toBeInstanceOf(TransactionCanceledException);
  expect((cancelled as TransactionCanceledException).CancellationReasons).toEqual([
    { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' },
  ]);
  await expect(client.send(new GetItemCommand({ TableName: 'absent', Key: keyOf('p') }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: 'Requested resource not found',
  });
});

test('the SDK retries a throttled call', async () => {
  on.faults.use([{ point: 'dynamodb.throttle', probability: 1, resource: tableName, limit: 1 }]);
  await client.send(new PutItemCommand({ TableName: tableName, Item: keyOf('p') }));
  expect(on.faults.injected('dynamodb.throttle')).toBe(1);
  on.faults.clear();
});

test('concurrent conditional writes let exactly one through', async () => {
  const attempts = Array.from({ length: 20 }, (_, n) =>
    client.send(
      new PutItemCommand({
        TableName: tableName,
        Item: { ...keyOf('p'), winner: { N: String(n) } },
        ConditionExpression: 'attribute_not_exists(pk)',
      }),
    ),
  );
  const outcomes = await Promise.allSettled(attempts);
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('paginators and batches work', async () => {
  const puts = Array.from({ length: 25 }, (_, n) => ({ PutRequest: { Item: keyOf('p', String(n)) } }));
  await client.send(new BatchWriteItemCommand({ RequestItems: { [tableName]: puts } }));
  const pages = paginateQuery(
    { client, pageSize: 10 },
    { TableName: tableName, KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: { ':p': { S: 'p' } } },
  );
  const counts: (number | undefined)[] = [];
  for await (const page of pages) counts.push(page.Count);
  expect(counts).toEqual([10, 10, 5]);
});

test('a body that is no JSON is refused', async () => {
  const response = await fetch(endpoint.url, {
    method: 'POST',
    body: '{',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'DynamoDB_20120810.GetItem',
      authorization:
        'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
    },
  });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ __type: expect.stringContaining('SerializationException') });
});
