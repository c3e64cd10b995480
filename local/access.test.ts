/** IAM over a whole platform: what a template forgets to allow fails here as it would on AWS. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { type Platform, startPlatform } from './platform.ts';
import { writeAssembly } from './runtime/test-assembly.ts';
import type { SqsService } from './services/sqs/index.ts';

const directory = mkdtempSync(join(tmpdir(), 'access-'));
let platform: Platform | undefined;
let assemblies = 0;

afterEach(() => platform?.stop());
afterAll(() => rmSync(directory, { recursive: true, force: true }));

type Resources = Record<string, { Type: string; Properties: Record<string, unknown> }>;

/** Answers with its event's `call`, made with the credentials that it was given. */
const code = `export const handler = async ({ call }) => {
  if (!call) return { statusCode: 200, body: 'ok' };
  const { AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_REGION } = process.env;
  const answer = await fetch(AWS_ENDPOINT_URL, {
    method: 'POST',
    headers: {
      authorization: 'AWS4-HMAC-SHA256 Credential=' + AWS_ACCESS_KEY_ID + '/20260101/' + AWS_REGION + '/' + call.service + '/aws4_request',
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'Any.' + call.operation,
    },
    body: JSON.stringify(call.input),
  });
  return { status: answer.status, body: await answer.json() };
};`;

async function start(resources: Resources): Promise<Platform> {
  assemblies += 1;
  const assembly = join(directory, String(assemblies));
  writeAssembly(assembly, {
    stacks: [{ name: 'Stack', template: { Resources: resources } }],
    assets: { 'code.zip': 'asset.code' },
    files: { 'asset.code/index.mjs': code },
  });
  platform = await startPlatform({ assembly, ports: { rest: 0, mqtt: 0, aws: 0 }, quiet: true });
  return platform;
}

const arnOf = (logicalId: string) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });
const allow = (Action: string | string[], Resource: unknown) => ({ Effect: 'Allow', Action, Resource });
const writesLogs = allow(['logs:CreateLogStream', 'logs:PutLogEvents'], '*');

function role(service: string, ...statements: object[]): Resources[string] {
  const trust = { Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' };
  const Policies = [{ PolicyName: 'rights', PolicyDocument: { Statement: statements } }];
  return {
    Type: 'AWS::IAM::Role',
    Properties: { AssumeRolePolicyDocument: { Statement: [trust] }, ...(statements.length > 0 && { Policies }) },
  };
}

const worker = (...statements: object[]): Resources => ({
  Role: role('lambda.amazonaws.com', writesLogs, ...statements),
  Worker: {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Code: { S3Bucket: 'assets', S3Key: 'code.zip' },
      ...{ Handler: 'index.handler', Runtime: 'nodejs24.x', Timeout: 10, Role: arnOf('Role') },
    },
  },
});

const queue = (name: string): Resources[string] => ({ Type: 'AWS::SQS::Queue', Properties: { QueueName: name } });
const table: Resources[string] = {
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    TableName: 'meters',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
  },
};

describe('a function', () => {
  const put = { service: 'dynamodb', operation: 'PutItem', input: { TableName: 'meters', Item: { pk: { S: 'a' } } } };
  const send = { service: 'sqs', operation: 'SendMessage', input: { QueueUrl: 'http://x/0/work', MessageBody: 'm' } };

  it('can do what its role allows and nothing else', async () => {
    const { invoke } = await start({
      ...worker(allow('dynamodb:PutItem', arnOf('Table'))),
      Table: table,
      Queue: queue('work'),
    });
    const called = async (call: object) => (await invoke('Worker', { call })).payload as any;
    expect(await called(put)).toEqual({ status: 200, body: {} });
    expect(
      await called({ ...put, operation: 'DeleteItem', input: { TableName: 'meters', Key: put.input.Item } }),
    ).toEqual({
      status: 400,
      body: {
        __type: expect.stringMatching(/AccessDeniedException$/),
        message: expect.stringMatching(
          /^User: arn:aws:sts::\d+:assumed-role\/Stack-Role-\w+\/Stack-Worker-\w+ is not authorized to perform: dynamodb:DeleteItem on resource: arn:aws:dynamodb:us-east-1:\d+:table\/meters because no identity-based policy allows the dynamodb:DeleteItem action$/,
        ),
      },
    });
    const refused = await called(send);
    expect(refused.status).toBe(403);
    expect(refused.body.message).toContain('is not authorized to perform: sqs:sendmessage on resource: arn:aws:sqs:');
  });

  it('is called by an API only with a permission that fits', async () => {
    const permission = (path: string) => ({
      Type: 'AWS::Lambda::Permission',
      Properties: {
        ...{ Action: 'lambda:InvokeFunction', FunctionName: arnOf('Worker'), Principal: 'apigateway.amazonaws.com' },
        SourceArn: { 'Fn::Sub': `arn:aws:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${Api}/*/*${path}` },
      },
    });
    const route = (key: string) => ({
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: { ApiId: { Ref: 'Api' }, RouteKey: key, Target: { 'Fn::Sub': 'integrations/${Integration}' } },
    });
    const { endpoints } = await start({
      ...worker(),
      Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'HTTP', Name: 'api' } },
      Stage: { Type: 'AWS::ApiGatewayV2::Stage', Properties: { ApiId: { Ref: 'Api' }, StageName: '$default' } },
      Integration: {
        Type: 'AWS::ApiGatewayV2::Integration',
        Properties: {
          ...{ ApiId: { Ref: 'Api' }, IntegrationType: 'AWS_PROXY', PayloadFormatVersion: '2.0' },
          IntegrationUri: arnOf('Worker'),
        },
      },
      Open: route('ANY /open/{proxy+}'),
      Closed: route('GET /closed'),
      Permission: permission('/open/{proxy+}'),
    });
    expect((await fetch(`${endpoints.restUrl}/open/a/b`)).status).toBe(200);
    const refused = await fetch(`${endpoints.restUrl}/closed`);
    expect([refused.status, await refused.json()]).toEqual([500, { message: 'Internal Server Error' }]);
  });
});

describe('a rule', () => {
  const ruleArn = { 'Fn::Sub': 'arn:aws:events:${AWS::Region}:${AWS::AccountId}:rule/meters' };
  const policy = (logicalId: string): Resources[string] => ({
    Type: 'AWS::SQS::QueuePolicy',
    Properties: {
      Queues: [{ Ref: logicalId }],
      PolicyDocument: {
        Statement: [
          {
            ...allow('sqs:SendMessage', arnOf(logicalId)),
            Principal: { Service: 'events.amazonaws.com' },
            Condition: { ArnEquals: { 'aws:SourceArn': ruleArn } },
          },
        ],
      },
    },
  });

  it('fills a queue that lets it, and its dead letters say of another that it does not', async () => {
    const { context, endpoints } = await start({
      ...{ Open: queue('open'), Closed: queue('closed'), Dead: queue('dead') },
      ...{ OpenPolicy: policy('Open'), DeadPolicy: policy('Dead') },
      Rule: {
        Type: 'AWS::Events::Rule',
        Properties: {
          Name: 'meters',
          EventPattern: { source: ['test'] },
          Targets: [
            { Id: 'open', Arn: arnOf('Open') },
            { Id: 'closed', Arn: arnOf('Closed'), DeadLetterConfig: { Arn: arnOf('Dead') } },
          ],
        },
      },
    });
    await fetch(endpoints.awsEndpointUrl, {
      method: 'POST',
      headers: {
        authorization: 'AWS4-HMAC-SHA256 Credential=TEST/20260101/us-east-1/events/aws4_request',
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'AWSEvents.PutEvents',
      },
      body: JSON.stringify({ Entries: [{ Source: 'test', DetailType: 'x', Detail: '{}' }] }),
    });
    const { queue: named } = context.service<SqsService>('sqs');
    const waiting = (name: string) => named(name).counts().visible;
    await expect.poll(() => [waiting('open'), waiting('closed'), waiting('dead')]).toEqual([1, 0, 1]);
    const [letter] = await named('dead').receiveWaiting(1, 0, 1_000, new AbortController().signal);
    expect(letter!.attributes).toMatchObject({ ERROR_CODE: { StringValue: 'NO_PERMISSIONS' } });
  });
});

describe('the start names', () => {
  it('every right that the role of a pipe lacks', async () => {
    const pipe = {
      Type: 'AWS::Pipes::Pipe',
      Properties: {
        ...{ Name: 'outbox', Source: { 'Fn::GetAtt': ['Table', 'StreamArn'] }, Target: arnOf('Queue') },
        RoleArn: arnOf('PipeRole'),
        SourceParameters: { DynamoDBStreamParameters: { StartingPosition: 'LATEST' } },
      },
    };
    const stream = { 'Fn::GetAtt': ['Table', 'StreamArn'] };
    const read = allow(['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'], stream);
    const list = allow('dynamodb:ListStreams', '*');
    const resources = { Table: table, Queue: queue('work'), Pipe: pipe };
    await expect(start({ ...resources, PipeRole: role('pipes.amazonaws.com', read, list) })).rejects.toThrow(
      /^AWS::Pipes::Pipe "Pipe" in stack Stack: its role Stack-PipeRole-\w+ does not allow sqs:SendMessage on arn:aws:sqs:us-east-1:\d+:work\.$/,
    );
    await expect(start({ ...resources, PipeRole: role('lambda.amazonaws.com', read, list) })).rejects.toThrow(
      'cannot be assumed by pipes.amazonaws.com',
    );
    await start({
      ...resources,
      PipeRole: role('pipes.amazonaws.com', read, list, allow('sqs:SendMessage', arnOf('Queue'))),
    });
  });

  it('what a function lacks to read its queue', async () => {
    const mapping = {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: { EventSourceArn: arnOf('Queue'), FunctionName: { Ref: 'Worker' } },
    };
    await expect(
      start({
        ...worker(allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage'], arnOf('Queue'))),
        ...{ Queue: queue('work'), Mapping: mapping },
      }),
    ).rejects.toThrow('does not allow sqs:GetQueueAttributes on');
  });

  it('what a topic rule lacks', async () => {
    const action = { Sqs: { QueueUrl: { Ref: 'Queue' }, RoleArn: arnOf('RuleRole') } };
    const rule = {
      Type: 'AWS::IoT::TopicRule',
      Properties: { TopicRulePayload: { AwsIotSqlVersion: '2016-03-23', Sql: "SELECT * FROM 'a'", Actions: [action] } },
    };
    await expect(start({ Queue: queue('work'), RuleRole: role('iot.amazonaws.com'), Rule: rule })).rejects.toThrow(
      'does not allow sqs:SendMessage on arn:aws:sqs:',
    );
  });

  it('a schedule whose role may not deliver', async () => {
    const schedule = {
      Type: 'AWS::Scheduler::Schedule',
      Properties: {
        ...{ ScheduleExpression: 'rate(1 hour)', FlexibleTimeWindow: { Mode: 'OFF' } },
        Target: { Arn: arnOf('Worker'), RoleArn: arnOf('ScheduleRole') },
      },
    };
    await expect(
      start({ ...worker(), Schedule: schedule, ScheduleRole: role('scheduler.amazonaws.com', allow('sqs:*', '*')) }),
    ).rejects.toThrow('does not allow lambda:InvokeFunction on');
  });
});
