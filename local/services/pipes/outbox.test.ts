/**
 * The way of a domain's events through the running platform, every part real: a table's outbox item, its
 * stream, a pipe, the bus, a rule, a queue, and a function that reads the queue.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { type Platform, startPlatform } from '../../platform.ts';
import { writeAssembly } from '../../runtime/test-assembly.ts';
import type { SqsService } from '../sqs/index.ts';

const directory = mkdtempSync(join(tmpdir(), 'outbox-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const attribute = (resource: string, name: string) => ({ 'Fn::GetAtt': [resource, name] });
const queue = (more: Record<string, unknown> = {}) => ({
  Type: 'AWS::SQS::Queue',
  Properties: { VisibilityTimeout: 30, ...more },
});

const role = (service: string, Action: string[]) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Statement: { Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' },
    },
    Policies: [{ PolicyName: 'rights', PolicyDocument: { Statement: { Effect: 'Allow', Action, Resource: '*' } } }],
  },
});

writeAssembly(directory, {
  stacks: [
    {
      name: 'Mizan',
      template: {
        Resources: {
          Table: {
            Type: 'AWS::DynamoDB::Table',
            Properties: {
              TableName: 'meters',
              BillingMode: 'PAY_PER_REQUEST',
              AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
              KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
              StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
            },
          },
          Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'mizan' } },
          Outbox: {
            Type: 'AWS::Pipes::Pipe',
            Properties: {
              RoleArn: attribute('PipeRole', 'Arn'),
              Source: attribute('Table', 'StreamArn'),
              SourceParameters: {
                DynamoDBStreamParameters: { StartingPosition: 'TRIM_HORIZON', BatchSize: 10 },
                FilterCriteria: { Filters: [{ Pattern: '{"dynamodb":{"NewImage":{"outbox":{"BOOL":[true]}}}}' }] },
              },
              Target: attribute('Bus', 'Arn'),
              TargetParameters: {
                InputTemplate: '{"meter": <$.dynamodb.NewImage.meter.S>}',
                EventBridgeEventBusParameters: { Source: 'mizan.meters', DetailType: '$.dynamodb.NewImage.type.S' },
              },
            },
          },
          Rule: {
            Type: 'AWS::Events::Rule',
            Properties: {
              EventBusName: { Ref: 'Bus' },
              EventPattern: { source: ['mizan.meters'], detail: { meter: [{ prefix: 'm-' }] } },
              Targets: [{ Id: 'queue', Arn: attribute('Queue', 'Arn') }],
            },
          },
          FnRole: role('lambda.amazonaws.com', ['sqs:*', 'logs:*']),
          PipeRole: role('pipes.amazonaws.com', ['dynamodb:*', 'events:PutEvents']),
          QueuePolicy: {
            Type: 'AWS::SQS::QueuePolicy',
            Properties: {
              Queues: [{ Ref: 'Queue' }],
              PolicyDocument: {
                Statement: {
                  ...{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: attribute('Queue', 'Arn') },
                  Principal: { Service: 'events.amazonaws.com' },
                  Condition: { ArnEquals: { 'aws:SourceArn': attribute('Rule', 'Arn') } },
                },
              },
            },
          },
          Dead: queue({ QueueName: 'dead' }),
          Queue: queue({
            QueueName: 'work',
            RedrivePolicy: { deadLetterTargetArn: attribute('Dead', 'Arn'), maxReceiveCount: 2 },
          }),
          Fn: {
            Type: 'AWS::Lambda::Function',
            Properties: {
              Code: { S3Bucket: 'assets', S3Key: 'fn.zip' },
              ...{
                Handler: 'index.handler',
                Runtime: 'nodejs24.x',
                Timeout: 10,
                Role: attribute('FnRole', 'Arn'),
              },
            },
          },
          Mapping: {
            Type: 'AWS::Lambda::EventSourceMapping',
            Properties: {
              ...{ EventSourceArn: attribute('Queue', 'Arn'), FunctionName: { Ref: 'Fn' }, BatchSize: 10 },
              FunctionResponseTypes: ['ReportBatchItemFailures'],
            },
          },
        },
      },
    },
  ],
  assets: { 'fn.zip': 'asset.fn' },
  files: {
    'asset.fn/index.mjs': `export const handler = async ({ Records }) => ({
      batchItemFailures: Records.filter(({ body }) => {
        const { detail, 'detail-type': type } = JSON.parse(body);
        console.log('got ' + type + ' ' + detail.meter);
        return detail.meter === 'm-bad';
      }).map(({ messageId }) => ({ itemIdentifier: messageId })),
    });`,
  },
});

let platform: Platform;
afterEach(() => platform.stop());

async function start(dataDir?: string): Promise<void> {
  const ports = { rest: 0, mqtt: 0, aws: 0 };
  platform = await startPlatform({ assembly: directory, ports, quiet: true, ...(dataDir && { dataDir }) });
}

async function write(meter: string): Promise<void> {
  const client = new DynamoDBClient({
    endpoint: platform.endpoints.awsEndpointUrl,
    region: platform.context.region,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  const put = (Item: Record<string, any>) => ({ Put: { TableName: 'meters', Item } });
  const event = {
    pk: { S: `event#${meter}` },
    outbox: { BOOL: true },
    type: { S: 'MeterCreated' },
    meter: { S: meter },
  };
  await client.send(new TransactWriteItemsCommand({ TransactItems: [put({ pk: { S: meter } }), put(event)] }));
  client.destroy();
}

const lines = () => platform.logs.last(100).flatMap(({ line }) => /got .*/.exec(line)?.[0] ?? []);
const queueOf = (name: string) => platform.context.service<SqsService>('sqs').queue(name);

describe('the outbox path', () => {
  it('carries an event from a transaction to a queue function, once, and leaves nothing behind', async () => {
    await start();
    await write('m-1');
    await write('x-1');
    await expect.poll(lines, { timeout: 10_000, interval: 10 }).toEqual(['got MeterCreated m-1']);
    await expect.poll(() => queueOf('work').counts()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
    const units = (key: string) => platform.meter.units(key);
    expect(units('eventbridge.pipesRequestPerMillion64KB')).toBe(2);
    expect(units('eventbridge.customEventPerMillion64KB')).toBe(2);
    expect(units('sqs.standardRequestPerMillion')).toBe(3);
  });

  it('retries a failing message and moves it to the dead-letter queue', async () => {
    await start();
    await write('m-bad');
    await expect.poll(lines, { timeout: 10_000, interval: 10 }).toHaveLength(1);
    await expect.poll(() => queueOf('work').counts().inFlight).toBe(1);
    platform.clock.advance(30_000);
    await expect.poll(lines, { timeout: 10_000, interval: 10 }).toHaveLength(2);
    await expect.poll(() => queueOf('work').counts().inFlight).toBe(1);
    platform.clock.advance(30_000);
    await expect.poll(() => queueOf('dead').counts().visible, { timeout: 5000, interval: 10 }).toBe(1);
  });

  it('delivers again after a stop what was not done with', async () => {
    const dataDir = join(directory, 'data');
    await start(dataDir);
    await write('m-bad');
    await expect.poll(lines, { timeout: 10_000, interval: 10 }).toHaveLength(1);
    await platform.stop();
    await start(dataDir);
    platform.clock.advance(30_000);
    await expect.poll(lines, { timeout: 10_000, interval: 10 }).toEqual(['got MeterCreated m-bad']);
  });
});
