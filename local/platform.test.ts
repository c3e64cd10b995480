// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of CloudFormation, not of JavaScript
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildSync } from 'esbuild';
import { afterAll, describe, expect, it } from 'vitest';
import { type Platform, startPlatform } from './platform.ts';
import { writeAssembly } from './runtime/test-assembly.ts';
import { ConfigurationError } from './runtime/types.ts';

const execFileAsync = promisify(execFile);
const directory = mkdtempSync(join(tmpdir(), 'platform-'));
const anyPorts = { rest: 0, mqtt: 0, aws: 0 };
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const functionOf = (path: string, Properties: Record<string, unknown> = {}) => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    Code: { S3Bucket: { 'Fn::Sub': 'assets-${AWS::Region}' }, S3Key: 'echo.zip' },
    Handler: 'index.handler',
    Runtime: 'nodejs24.x',
    Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
    ...Properties,
  },
  Metadata: { 'aws:cdk:path': path },
});

/** A function as the product bundles them: the ordinary SDK inside, no endpoint configured. */
function sdkFunction(): string {
  const source = `
    import { ConditionalCheckFailedException, DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
    import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
    const [db, sqs] = [new DynamoDBClient({}), new SQSClient({})];
    export const handler = async () => {
      const put = new PutItemCommand({ TableName: process.env.TABLE, Item: { pk: { S: 'a' }, n: { N: '1' } }, ConditionExpression: 'attribute_not_exists(pk)' });
      await db.send(put);
      const refused = await db.send(put).catch((error) => error instanceof ConditionalCheckFailedException);
      const { Item } = await db.send(new GetItemCommand({ TableName: process.env.TABLE, Key: { pk: { S: 'a' } } }));
      await sqs.send(new SendMessageCommand({ QueueUrl: process.env.QUEUE, MessageBody: 'hello' }));
      const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: process.env.QUEUE, WaitTimeSeconds: 1 }));
      return { refused, Item, body: Messages[0].Body };
    };`;
  const require = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
  const { outputFiles } = buildSync({
    stdin: { contents: source, resolveDir: import.meta.dirname },
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
    banner: { js: require },
  });
  return outputFiles[0]!.text;
}

const workStatements = [
  {
    Effect: 'Allow',
    Action: ['dynamodb:PutItem', 'dynamodb:GetItem'],
    Resource: { 'Fn::GetAtt': ['Table', 'Arn'] },
  },
  {
    Effect: 'Allow',
    Action: ['sqs:SendMessage', 'sqs:ReceiveMessage'],
    Resource: { 'Fn::GetAtt': ['Queue', 'Arn'] },
  },
];

writeAssembly(directory, {
  stacks: [
    {
      name: 'Mizan',
      template: {
        Resources: {
          EchoFn: functionOf('Mizan/Meters/List', { Environment: { Variables: { ROLE: { Ref: 'Role' } } } }),
          OtherFn: functionOf('Mizan/Meters/Get'),
          SdkFn: functionOf('Mizan/Sdk', {
            Code: { S3Bucket: 'assets', S3Key: 'sdk.zip' },
            Timeout: 20,
            Environment: { Variables: { TABLE: { Ref: 'Table' }, QUEUE: { Ref: 'Queue' } } },
          }),
          Table: {
            Type: 'AWS::DynamoDB::Table',
            Properties: {
              BillingMode: 'PAY_PER_REQUEST',
              AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
              KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
            },
          },
          Queue: { Type: 'AWS::SQS::Queue', Properties: {} },
          Role: {
            Type: 'AWS::IAM::Role',
            Properties: {
              RoleName: 'worker',
              AssumeRolePolicyDocument: {
                Statement: {
                  Effect: 'Allow',
                  Principal: { Service: 'lambda.amazonaws.com' },
                  Action: 'sts:AssumeRole',
                },
              },
              ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'],
              Policies: [{ PolicyName: 'work', PolicyDocument: { Statement: workStatements } }],
            },
          },
        },
        Outputs: { Echo: { Value: { Ref: 'EchoFn' } } },
      },
    },
  ],
  assets: { 'echo.zip': 'asset.echo', 'sdk.zip': 'asset.sdk' },
  files: {
    'asset.sdk/index.mjs': sdkFunction(),
    'asset.echo/index.mjs': `export const handler = async (event) => {
      console.log('called');
      const { AWS_ENDPOINT_URL, ROLE } = process.env;
      const answer = await fetch(AWS_ENDPOINT_URL + '/_runtime/clock');
      return { event, role: ROLE, now: Date.now(), clock: (await answer.json()).now };
    };`,
  },
});

const start = (): Promise<Platform> => startPlatform({ assembly: directory, ports: anyPorts, quiet: true });

describe('the platform', () => {
  it('runs the functions of an assembly, reachable by name and by the AWS API', async () => {
    const platform = await start();
    try {
      platform.clock.advance(86_400_000);
      const { payload, functionError } = await platform.invoke('Meters/List', { a: 1 });
      expect(functionError).toBeUndefined();
      expect(payload).toMatchObject({ event: { a: 1 }, role: 'worker' });
      const { now, clock } = payload as { now: number; clock: string };
      expect(Math.abs(now - Date.parse(clock))).toBeLessThan(5_000);
      expect(now - Date.now()).toBeGreaterThan(86_000_000);

      const name = platform.outputs['Mizan']!['Echo'] as string;
      const answer = await fetch(`${platform.endpoints.awsEndpointUrl}/2015-03-31/functions/${name}/invocations`, {
        method: 'POST',
        headers: { authorization: 'AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/lambda/aws4_request' },
        body: '{"b":2}',
      });
      expect(await answer.json()).toMatchObject({ event: { b: 2 } });

      expect(platform.logs.last(10, name).some(({ line }) => line.endsWith('called'))).toBe(true);
      expect(platform.meter.bill().totalUsd).toBeGreaterThan(0);
      expect(platform.resources.functionName('EchoFn')).toBe(name);
      expect(() => platform.resources.functionName('Meters')).toThrow('is the name of several');
      expect(() => platform.resources.functionName('Nothing')).toThrow('No AWS::Lambda::Function is called "Nothing"');
    } finally {
      await platform.stop();
    }
  });

  it('serves the AWS SDK inside the functions', async () => {
    const platform = await start();
    try {
      const { payload } = await platform.invoke('Mizan/Sdk', {});
      expect(payload).toEqual({ refused: true, Item: { pk: { S: 'a' }, n: { N: '1' } }, body: 'hello' });
    } finally {
      await platform.stop();
    }
  });

  it('leaves nothing open after stop: a process that did nothing else ends by itself', async () => {
    const script = `
      import { startPlatform } from ${JSON.stringify(new URL('./platform.ts', import.meta.url).href)};
      const platform = await startPlatform(${JSON.stringify({ assembly: directory, ports: anyPorts, quiet: true })});
      const { functionError } = await platform.invoke('EchoFn', {});
      await Promise.all([platform.stop(), platform.stop()]);
      console.log(JSON.stringify({ functionError, timers: platform.clock.pendingTimers }));`;
    const { stdout } = await execFileAsync(process.execPath, ['--input-type=module', '--eval', script], {
      timeout: 20_000,
    });
    expect(JSON.parse(stdout)).toEqual({ timers: 0 });
  });

  it.each(['rest', 'mqtt', 'aws'] as const)('says that the %s port is taken', async (name) => {
    const other = createServer().listen(0);
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    const started = startPlatform({ assembly: directory, ports: { ...anyPorts, [name]: port }, quiet: true });
    await expect(started).rejects.toThrow(ConfigurationError);
    await expect(started).rejects.toThrow(new RegExp(`^Port ${port} .*in use.* choose another`));
    other.close();
  });
});
