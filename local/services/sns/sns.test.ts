/** Topics, by sections of the Amazon SNS Developer Guide; requests in the Query protocol as SDK clients send them. */
import { beforeEach, describe, expect, it } from 'vitest';
import { createSqsService, type SqsService } from '../sqs/index.ts';
import { awsRequest } from '../test-support/aws-request.ts';
import { createFakeContext, createResource, type FakeContext } from '../test-support/fake-context.ts';
import { createSnsService, type SnsService } from './index.ts';

let ctx: FakeContext;
let sqs: SqsService;
let service: SnsService;
let topicArn: string;
let lambdaEvents: any[];

beforeEach(async () => {
  ctx = createFakeContext();
  sqs = ctx.add(createSqsService(ctx));
  service = createSnsService(ctx);
  lambdaEvents = [];
  ctx.targets.register('lambda', async ({ payload }) => void lambdaEvents.push(JSON.parse(payload)));
  for (const name of ['a', 'dead']) await createResource(sqs, 'AWS::SQS::Queue', name, { QueueName: name });
  topicArn = (await createResource(service, 'AWS::SNS::Topic', 'T', { TopicName: 'alarms' })).ref;
});

const subscribe = (properties: Record<string, unknown>) =>
  createResource(service, 'AWS::SNS::Subscription', `S${JSON.stringify(properties).length}`, {
    ...{ TopicArn: topicArn, Protocol: 'sqs', Endpoint: sqs.queue('a').settings.arn },
    ...properties,
  });

async function call(parameters: Record<string, string>): Promise<string> {
  const body = new URLSearchParams({ Version: '2010-03-31', ...parameters }).toString();
  const response = await service.handle!(awsRequest({ body }));
  await new Promise((resolve) => setImmediate(resolve));
  return String(response.body);
}

const publish = (parameters: Record<string, string>) => call({ Action: 'Publish', TopicArn: topicArn, ...parameters });
const attribute = (index: number, Name: string, DataType: string, StringValue: string) => ({
  [`MessageAttributes.entry.${index}.Name`]: Name,
  [`MessageAttributes.entry.${index}.Value.DataType`]: DataType,
  [`MessageAttributes.entry.${index}.Value.StringValue`]: StringValue,
});
const received = () => sqs.queue('a').receive(10);

describe('delivery ("Fanout to Amazon SQS queues", "Fanout to Lambda functions")', () => {
  it('wraps messages to queues in the notification format', async () => {
    await subscribe({});
    const answer = await publish({
      Message: 'meter <7>',
      Subject: 'Alarm',
      ...attribute(1, 'level', 'String', 'high'),
    });
    const [, messageId] = /<PublishResult><MessageId>([\w-]+)<\/MessageId><\/PublishResult>/.exec(answer)!;
    expect(JSON.parse(received()[0]!.body)).toEqual({
      ...{ Type: 'Notification', MessageId: messageId, TopicArn: topicArn, Subject: 'Alarm', Message: 'meter <7>' },
      ...{ Timestamp: '2026-01-01T00:00:00.000Z', MessageAttributes: { level: { Type: 'String', Value: 'high' } } },
    });
  });

  it('passes messages on as they are with raw delivery ("Raw message delivery")', async () => {
    await subscribe({ RawMessageDelivery: true });
    await publish({ Message: '{"a":1}', ...attribute(1, 'level', 'String', 'high') });
    expect(received()).toMatchObject([
      { body: '{"a":1}', attributes: { level: { DataType: 'String', StringValue: 'high' } } },
    ]);
  });

  it('invokes functions with an SNS event and logs e-mails', async () => {
    const Endpoint = 'arn:aws:lambda:us-east-1:000000000000:function:f';
    await subscribe({ Protocol: 'lambda', Endpoint });
    await subscribe({ Protocol: 'email', Endpoint: 'operator@example.com' });
    await publish({
      Message: '{"default":"all","lambda":"for functions","email":"for people"}',
      MessageStructure: 'json',
    });
    expect(lambdaEvents[0].Records[0]).toMatchObject({
      EventSource: 'aws:sns',
      Sns: { Message: 'for functions', TopicArn: topicArn, MessageAttributes: {} },
    });
    expect(ctx.logLines).toMatchObject([
      { message: expect.stringContaining('operator@example.com'), fields: { message: 'for people' } },
    ]);
  });

  it('moves what cannot be delivered to the dead-letter queue ("Dead-letter queues")', async () => {
    const gone = 'arn:aws:sqs:us-east-1:000000000000:gone';
    await subscribe({
      Endpoint: gone,
      RawMessageDelivery: true,
      RedrivePolicy: { deadLetterTargetArn: sqs.queue('dead').settings.arn },
    });
    await publish({ Message: 'lost' });
    expect(sqs.queue('dead').receive(1)).toMatchObject([
      { body: 'lost', attributes: { TARGET_ARN: { StringValue: gone } } },
    ]);
  });

  it('is a target of rules, pipes and IoT rules', async () => {
    await subscribe({ RawMessageDelivery: true });
    await ctx.targets.deliver({ arn: topicArn, payload: 'from a rule' });
    await new Promise((resolve) => setImmediate(resolve));
    expect(received()).toMatchObject([{ body: 'from a rule' }]);
  });
});

describe('filters ("Subscription filter policies")', () => {
  it('filters by attributes, or by the body', async () => {
    await subscribe({
      RawMessageDelivery: true,
      FilterPolicy: { level: ['high'], kwh: [{ numeric: ['>', 5] }], tags: ['x'] },
    });
    await publish({
      Message: '1',
      ...attribute(1, 'level', 'String', 'high'),
      ...attribute(2, 'kwh', 'Number', '6'),
      ...attribute(3, 'tags', 'String.Array', '["w","x"]'),
    });
    await publish({ Message: '2', ...attribute(1, 'level', 'String', 'high'), ...attribute(2, 'kwh', 'Number', '5') });
    await publish({ Message: '3' });
    expect(received().map(({ body }) => body)).toEqual(['1']);
    await subscribe({ RawMessageDelivery: true, FilterPolicyScope: 'MessageBody', FilterPolicy: { a: { b: [1] } } });
    await publish({ Message: '{"a":{"b":1}}' });
    await publish({ Message: 'text' });
    expect(received().map(({ body }) => body)).toEqual(['{"a":{"b":1}}']);
  });
});

describe('the API', () => {
  it('reports each entry of a batch (PublishBatch) and bills each 64 KB', async () => {
    await subscribe({ RawMessageDelivery: true });
    const entry = (index: number, Id: string, Message: string) => ({
      [`PublishBatchRequestEntries.member.${index}.Id`]: Id,
      [`PublishBatchRequestEntries.member.${index}.Message`]: Message,
    });
    const answer = await call({
      Action: 'PublishBatch',
      TopicArn: topicArn,
      ...entry(1, 'a', 'x'),
      ...entry(2, 'b', ''),
      ...entry(10, 'c', 'y'.repeat(65_537)),
    });
    expect(answer).toMatch(
      /<Successful><member><Id>a<\/Id>.*<Id>c<\/Id>.*<\/Successful><Failed><member><Id>b<\/Id><Code>InvalidParameter<\/Code>/,
    );
    expect(ctx.meter.units('sns.publishPerMillion64KB')).toBe(3);
    expect(ctx.meter.bill().totalUsd).toBeGreaterThan(0);
  });

  it('refuses what SNS refuses', async () => {
    await expect(publish({ TopicArn: `${topicArn}x`, Message: 'x' })).rejects.toMatchObject({
      code: 'NotFound',
      status: 404,
    });
    await expect(publish({ Message: '' })).rejects.toThrow(/Empty message/);
    await expect(publish({ Message: 'x'.repeat(262_145) })).rejects.toThrow(/too long/);
    await expect(publish({ Message: '{}', MessageStructure: 'json' })).rejects.toThrow(/default entry/);
    await expect(call({ Action: 'CreateTopic' })).rejects.toThrow(/CreateTopic/);
  });

  it.each<[Record<string, unknown>, RegExp]>([
    [{ Protocol: 'sms', Endpoint: '+9641' }, /not to sms/],
    [{ FilterPolicy: { a: 'x' } }, /must be an object or an array/],
    [{ DeliveryPolicy: {} }, /DeliveryPolicy/],
  ])('refuses a subscription with %j', async (properties, message) => {
    await expect(subscribe(properties)).rejects.toThrow(message);
  });
});

describe('text messages ("Publishing SMS messages")', () => {
  const send = (PhoneNumber: string, Message = 'Your code is 123456') =>
    call({ Action: 'Publish', PhoneNumber, Message });

  it('to a phone are kept for a person to read, and leave no trace in the log of what they say', async () => {
    await send('+967771234567');
    expect(service.sentTexts()).toMatchObject([{ to: '+967771234567', text: 'Your code is 123456' }]);
  });

  it.each([
    ['0771234567', 'x'],
    ['+967771234567', ''],
    ['+967771234567', 'x'.repeat(1601)],
  ])('that SNS would not take are refused: %s', async (to, message) => {
    await expect(send(to, message)).rejects.toMatchObject({ code: 'InvalidParameter' });
    expect(service.sentTexts()).toEqual([]);
  });
});
