import { inspect } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  BatchWriteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestService, testService } from '../dynamodb/test-service.ts';
import { clientSettings, serveForTest, type TestEndpoint } from './aws-server.ts';

let on: TestService;
let endpoint: TestEndpoint;
/** Calls that came as objects, and those that came as text. */
const came = { objects: 0, texts: 0 };
const clients: DynamoDBClient[] = [];

beforeAll(async () => {
  on = testService();
  endpoint = await serveForTest({
    ...on.service,
    async handle(request) {
      came[request.input === undefined ? 'texts' : 'objects']++;
      return on.service.handle!(request);
    },
  });
  process.env['AWS_ENDPOINT_URL'] = endpoint.url;
});
afterAll(async () => {
  for (const client of clients) client.destroy();
  await endpoint.close();
});

function documents(settings: object): DynamoDBDocumentClient {
  const client = new DynamoDBClient({ ...clientSettings(endpoint), maxAttempts: 2, ...settings });
  clients.push(client);
  return DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
}

const item = { bytes: new Uint8Array([1, 255]), many: new Set([new Uint8Array([7])]), n: 1.5, B: 'b', gone: undefined };

class Kept {
  readonly name = 'kept';
}
/** Values that documents may not have, or not as they are; keys and members likewise. */
const oddities: Record<string, unknown> = {
  date: new Date(0),
  instance: new Kept(),
  notANumber: Number.NaN,
  infinite: Number.POSITIVE_INFINITY,
  unsafe: 2 ** 53,
  big: 2n ** 64n,
  tooManyDigits: 123_456_789_012_345_678_901_234_567_890_123_456_789n,
  emptySet: new Set(),
  mixedSet: new Set(['a', 1]),
  numbers: new Set([1, 2]),
  inAList: [1, undefined, null],
  inAMap: { gone: undefined, kept: null },
  empty: '',
  halfASurrogate: '\ud800',
  method: () => 1,
  map: new Map([['a', 1]]),
};

/** What a client gets for every kind of call, errors with their members and retries. */
async function story(client: DynamoDBDocumentClient, TableName: string): Promise<unknown[]> {
  on.table(TableName);
  const Key = { pk: 'p', sk: 'a' };
  const once = { TableName, Item: { ...Key, ...item }, ConditionExpression: 'attribute_not_exists(pk)' };
  const answers: unknown[] = [];
  const ask = async (call: Promise<object>): Promise<void> => {
    const answer = await call.catch(({ name, message, Item, CancellationReasons }) => ({
      name,
      message,
      Item,
      CancellationReasons,
    }));
    answers.push({ ...answer, $metadata: undefined });
  };
  await ask(client.send(new PutCommand(once)));
  await ask(client.send(new PutCommand({ ...once, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' })));
  await ask(
    client.send(new GetCommand({ TableName, Key, ConsistentRead: undefined, ReturnConsumedCapacity: 'TOTAL' })),
  );
  await ask(
    client.send(
      new UpdateCommand({
        TableName,
        Key,
        UpdateExpression: 'SET #n = #n + :one',
        ExpressionAttributeNames: { '#n': 'n' },
        ExpressionAttributeValues: { ':one': 1 },
        ReturnValues: 'ALL_NEW',
      }),
    ),
  );
  await ask(
    client.send(
      new TransactWriteCommand({
        TransactItems: [
          { Put: { ...once, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } },
          { Delete: { TableName, Key: { pk: 'q', sk: 'a' } } },
        ],
      }),
    ),
  );
  await ask(
    client.send(
      new BatchWriteCommand({ RequestItems: { [TableName]: [{ PutRequest: { Item: { ...Key, sk: 'b' } } }] } }),
    ),
  );
  on.faults.use([{ point: 'dynamodb.throttle', probability: 1, limit: 1 }]);
  await ask(
    client.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': 'p' },
        Limit: 1,
      }),
    ),
  );
  await ask(client.send(new BatchGetCommand({ RequestItems: { [TableName]: { Keys: [Key] } } })));
  await ask(client.send(new GetCommand({ TableName: 'absent', Key })));
  for (const [sk, value] of Object.entries(oddities)) {
    const Odd = { ...Key, sk };
    await ask(client.send(new PutCommand({ TableName, Item: { ...Odd, value } })));
    await ask(client.send(new GetCommand({ TableName, Key: Odd })));
  }
  for (const pk of ['', 1, undefined, null]) await ask(client.send(new GetCommand({ TableName, Key: { ...Key, pk } })));
  for (const Limit of [0, 1.5, Number.NaN, -1]) await ask(client.send(new ScanCommand({ TableName, Limit })));
  await ask(
    client.send(
      new UpdateCommand({
        TableName,
        Key,
        UpdateExpression: 'SET a = :a',
        ExpressionAttributeValues: { ':a': undefined },
      }),
    ),
  );
  return answers;
}

/** With all types, and without what differs on purpose. */
const shown = (answers: unknown[], table: string): string =>
  inspect(answers, { depth: null, maxArrayLength: null, sorted: true }).replaceAll(table, 'table');

test('a call without HTTP gets what one by HTTP gets', async () => {
  const byHttp = await story(documents({}), 'overHttp');
  const { objects, texts } = came;
  expect(objects).toBe(0);
  const direct = await story(documents({ endpoint: undefined }), 'directly');
  // The second attempt of what was throttled is the SDK's.
  expect(came).toEqual({ objects: texts - 1, texts: texts + 1 });
  expect(shown(direct, 'directly')).toBe(shown(byHttp, 'overHttp'));
  expect(direct[2]).toMatchObject({ Item: { bytes: item.bytes, many: item.many } });
});
