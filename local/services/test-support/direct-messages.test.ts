/** Messages that unit tests send as objects: the same answers, errors and messages in the queue as by HTTP. */
import {
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SendMessageCommandInput,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSqsService, type SqsService } from '../sqs/index.ts';
import { clientSettings, serveForTest, type TestEndpoint } from './aws-server.ts';
import { createFakeContext, createResource } from './fake-context.ts';

let service: SqsService;
let endpoint: TestEndpoint;
/** Calls that came as objects, and those that came as text. */
const came = { objects: 0, texts: 0 };
const clients: SQSClient[] = [];

beforeAll(async () => {
  service = createSqsService(createFakeContext());
  await service.start!();
  endpoint = await serveForTest({
    ...service,
    async handle(request) {
      came[request.input === undefined ? 'texts' : 'objects']++;
      return service.handle!(request);
    },
  });
  process.env['AWS_ENDPOINT_URL'] = endpoint.url;
});
afterAll(async () => {
  for (const client of clients) client.destroy();
  await service.stop!();
  await endpoint.close();
});

function messages(settings: object): SQSClient {
  const client = new SQSClient({ ...clientSettings(endpoint), ...settings });
  clients.push(client);
  return client;
}

const attributes = {
  text: { DataType: 'String', StringValue: 'ميزان' },
  bytes: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 255, 7]) },
};

/** What a client gets for every way to send, and what is in the queue afterwards. */
async function story(client: SQSClient, queue: string): Promise<unknown[]> {
  await createResource(service, 'AWS::SQS::Queue', queue, { QueueName: queue });
  const urlOf = (name: string): string => `${endpoint.url}/000000000000/${name}`;
  const QueueUrl = urlOf(queue);
  const answers: unknown[] = [];
  const ask = async (call: Promise<object>): Promise<void> => {
    const answer = await call.catch(({ name, message, $metadata }) => ({ name, message, status: $metadata }));
    answers.push({ ...answer, $metadata: undefined });
  };
  const send = (input: Partial<SendMessageCommandInput>) =>
    ask(client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x', ...input })));
  const sendBatch = (Entries: { Id: string; MessageBody: string; DelaySeconds?: number }[]) =>
    ask(client.send(new SendMessageBatchCommand({ QueueUrl, Entries })));

  await send({ MessageBody: 'مرحبا', MessageAttributes: attributes, DelaySeconds: undefined });
  await sendBatch([
    { Id: 'a', MessageBody: 'one' },
    { Id: 'b', MessageBody: 'two', DelaySeconds: 901 },
  ]);
  await sendBatch([
    { Id: 'a', MessageBody: 'one' },
    { Id: 'a', MessageBody: 'two' },
  ]);
  await sendBatch([]);
  await send({ QueueUrl: urlOf('absent') });
  await send({ MessageBody: '' });
  await send({ MessageBody: 'x'.repeat(2 ** 20 + 1) });
  await send({ DelaySeconds: 1.5 });
  await ask(
    client.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ['All'],
        WaitTimeSeconds: 0,
      }),
    ),
  );
  return answers;
}

/** Without what is made anew for every message and request. */
const comparable = (answers: unknown[], queue: string): unknown =>
  JSON.parse(
    JSON.stringify(answers, (name, value) =>
      ['MessageId', 'ReceiptHandle', 'requestId'].includes(name) ? typeof value : value,
    ).replaceAll(queue, 'queue'),
  );

test('a message sent without HTTP is taken or refused as one by HTTP is', async () => {
  const byHttp = await story(messages({}), 'by-http');
  expect(came).toEqual({ objects: 0, texts: 9 });
  const direct = await story(messages({ endpoint: undefined }), 'directly');
  // Receiving is the SDK's.
  expect(came).toEqual({ objects: 8, texts: 10 });
  expect(comparable(direct, 'directly')).toEqual(comparable(byHttp, 'by-http'));
  expect(byHttp.map((answer) => (answer as { name?: string }).name)).toEqual([
    undefined,
    undefined,
    'BatchEntryIdsNotDistinct',
    'EmptyBatchRequest',
    'QueueDoesNotExist',
    'MissingParameter',
    'InvalidParameterValue',
    'InvalidParameterValue',
    undefined,
  ]);
  expect(direct.at(-1)).toMatchObject({
    Messages: [{ Body: 'مرحبا', MessageAttributes: attributes }, { Body: 'one' }],
  });
});
