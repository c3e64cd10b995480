/** The SQS API through the real SDK client, which checks the MD5 digests of what it sends and receives. */
import { createHash } from 'node:crypto';
import * as sdk from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clientSettings, serveForTest, type TestEndpoint } from '../test-support/aws-server.ts';
import { createFakeContext, createResource, type FakeContext } from '../test-support/fake-context.ts';
import { createSqsService, type SqsService } from './index.ts';

let ctx: FakeContext;
let service: SqsService;
let endpoint: TestEndpoint;
let client: sdk.SQSClient;
let QueueUrl: string;
let deadArn: string;

beforeEach(async () => {
  ctx = createFakeContext();
  service = createSqsService(ctx);
  const dead = await createResource(service, 'AWS::SQS::Queue', 'Dead', { QueueName: 'dead' });
  deadArn = String(dead.attributes!['Arn']);
  const created = await createResource(service, 'AWS::SQS::Queue', 'Q', {
    QueueName: 'jobs',
    RedrivePolicy: { deadLetterTargetArn: deadArn, maxReceiveCount: 1 },
  });
  await service.start!();
  endpoint = await serveForTest(service);
  QueueUrl = created.ref;
  client = new sdk.SQSClient(clientSettings(endpoint));
});

afterEach(async () => {
  client.destroy();
  await service.stop!();
  await endpoint.close();
});

describe('the SQS API', () => {
  it('sends and receives with attributes of every type (SendMessage, ReceiveMessage)', async () => {
    const MessageAttributes = {
      text: { DataType: 'String', StringValue: 'ميزان' },
      count: { DataType: 'Number', StringValue: '12.5' },
      bytes: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 255, 7]) },
    };
    const sent = await client.send(new sdk.SendMessageCommand({ QueueUrl, MessageBody: 'مرحبا', MessageAttributes }));
    const { Messages } = await client.send(
      new sdk.ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames: ['All'], MessageAttributeNames: ['All'] }),
    );
    expect(Messages).toHaveLength(1);
    expect(Messages![0]).toMatchObject({
      MessageId: sent.MessageId,
      Body: 'مرحبا',
      MD5OfMessageAttributes: sent.MD5OfMessageAttributes,
      Attributes: { ApproximateReceiveCount: '1', SentTimestamp: String(ctx.clock.now()), SenderId: '000000000000' },
    });
    expect(Messages![0]!.MessageAttributes!['bytes']!.BinaryValue).toEqual(new Uint8Array([0, 255, 7]));
  });

  it('digests attributes by name, type and value ("Calculating the MD5 message digest for message attributes")', async () => {
    const MessageAttributes = { ab: { DataType: 'String', StringValue: 'xyz' } };
    const sent = await client.send(new sdk.SendMessageCommand({ QueueUrl, MessageBody: 'x', MessageAttributes }));
    const encoded = '\0\0\0\x02ab\0\0\0\x06String\x01\0\0\0\x03xyz';
    expect(sent.MD5OfMessageAttributes).toBe(createHash('md5').update(encoded, 'latin1').digest('hex'));
  });

  it('reports each entry of a batch by its own id (SendMessageBatch, DeleteMessageBatch)', async () => {
    const sent = await client.send(
      new sdk.SendMessageBatchCommand({
        QueueUrl,
        Entries: [
          { Id: 'good', MessageBody: 'x' },
          { Id: 'bad', MessageBody: 'x', DelaySeconds: 901 },
        ],
      }),
    );
    expect(sent.Successful!.map(({ Id }) => Id)).toEqual(['good']);
    expect(sent.Failed).toMatchObject([{ Id: 'bad', Code: 'InvalidParameterValue', SenderFault: true }]);
    const deleted = await client.send(
      new sdk.DeleteMessageBatchCommand({ QueueUrl, Entries: [{ Id: 'a', ReceiptHandle: 'junk' }] }),
    );
    expect(deleted.Failed).toMatchObject([{ Id: 'a', Code: 'ReceiptHandleIsInvalid' }]);
    const twice = [
      { Id: 'a', MessageBody: '1' },
      { Id: 'a', MessageBody: '2' },
    ];
    await expect(client.send(new sdk.SendMessageBatchCommand({ QueueUrl, Entries: twice }))).rejects.toBeInstanceOf(
      sdk.BatchEntryIdsNotDistinct,
    );
  });

  it('answers queue attributes, urls and errors by class (GetQueueAttributes, GetQueueUrl)', async () => {
    await client.send(new sdk.SendMessageCommand({ QueueUrl, MessageBody: 'x', DelaySeconds: 5 }));
    const { Attributes } = await client.send(new sdk.GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
    expect(Attributes).toMatchObject({ ApproximateNumberOfMessagesDelayed: '1', MaximumMessageSize: '1048576' });
    const found = await client.send(new sdk.GetQueueUrlCommand({ QueueName: 'jobs' }));
    expect(found.QueueUrl).toBe(QueueUrl);
    await expect(client.send(new sdk.GetQueueUrlCommand({ QueueName: 'nope' }))).rejects.toBeInstanceOf(
      sdk.QueueDoesNotExist,
    );
    await expect(
      client.send(new sdk.ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 11 })),
    ).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });

  it('redrives a dead-letter queue at the rate asked for (StartMessageMoveTask)', async () => {
    service.queue('jobs').sendBatch(Array.from({ length: 5 }, (_, index) => ({ body: String(index) })));
    service.queue('jobs').receive(10, 0);
    expect(service.queue('jobs').receive(10)).toEqual([]);
    expect(service.queue('dead').counts().visible).toBe(5);
    const { TaskHandle } = await client.send(
      new sdk.StartMessageMoveTaskCommand({ SourceArn: deadArn, MaxNumberOfMessagesPerSecond: 2 }),
    );
    ctx.clock.advance(1);
    const running = await client.send(new sdk.ListMessageMoveTasksCommand({ SourceArn: deadArn }));
    expect(running.Results).toMatchObject([{ TaskHandle, Status: 'RUNNING', ApproximateNumberOfMessagesMoved: 2 }]);
    ctx.clock.advance(2000);
    const done = await client.send(new sdk.ListMessageMoveTasksCommand({ SourceArn: deadArn }));
    expect(done.Results).toMatchObject([{ Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 5 }]);
    expect(service.queue('jobs').receive(10)).toHaveLength(5);
    await expect(
      client.send(new sdk.StartMessageMoveTaskCommand({ SourceArn: service.queue('jobs').settings.arn })),
    ).rejects.toThrow(/Dead Letter Queue/);
  });

  it('empties a queue (PurgeQueue)', async () => {
    service.queue('jobs').sendBatch([{ body: 'a' }, { body: 'b', delaySeconds: 9 }]);
    await client.send(new sdk.PurgeQueueCommand({ QueueUrl }));
    expect(service.queue('jobs').counts()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  });
});

describe('AWS::SQS::Queue', () => {
  it.each([
    [{ VisibilityTimeout: 50_000 }, /VisibilityTimeout/],
    [{ QueueName: 'x', FifoQueue: true }, /\.fifo/],
    [{ RedrivePolicy: { maxReceiveCount: 3 } }, /deadLetterTargetArn/],
    [{ Colour: 'red' }, /Colour/],
  ])('refuses %j', async (properties, message) => {
    await expect(createResource(service, 'AWS::SQS::Queue', 'Bad', properties)).rejects.toThrow(message);
  });
});
