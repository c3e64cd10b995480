import { beforeEach, describe, expect, it } from 'vitest';
import { createKmsService } from '../kms/index.ts';
import { createSecretsManagerService } from '../secretsmanager/index.ts';
import { createSesService } from '../ses/index.ts';
import { awsRequest } from '../test-support/aws-request.ts';
import { createFakeContext, createResource, type FakeContext } from '../test-support/fake-context.ts';
import { createIamService, type IamService } from './index.ts';

const account = '000000000000';
const lambdaTrust = {
  Statement: { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
};
const arn = (service: string, resource: string) => `arn:aws:${service}:us-east-1:${account}:${resource}`;

let ctx: FakeContext;
let iam: IamService;
let roles = 0;

beforeEach(() => {
  ctx = createFakeContext();
  iam = ctx.add(createIamService(ctx));
});

/** Credentials of a role with these statements. */
async function keyWith(...statements: object[]): Promise<string> {
  const { attributes } = await createResource(iam, 'AWS::IAM::Role', `Role${++roles}`, {
    RoleName: `role-${roles}`,
    AssumeRolePolicyDocument: lambdaTrust,
    Policies: [{ PolicyName: 'p', PolicyDocument: { Statement: statements } }],
  });
  return iam.credentials(String(attributes!['Arn']), 'session');
}

const allow = (Action: string | string[], Resource: string | string[] = '*', Condition?: object) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition && { Condition }),
});

/** What is refused to a role without any rights: the first action and resource that the request needs. */
async function needed(service: string, fields: Parameters<typeof awsRequest>[0]): Promise<string> {
  const key = await keyWith();
  try {
    iam.checkRequest(key, service, awsRequest(fields));
  } catch (error) {
    const [, action, resource] = /perform: (\S+) on resource: (\S+) because/.exec((error as Error).message)!;
    return `${action} ${resource}`;
  }
  return 'nothing';
}

describe('what a request needs', () => {
  const meters = arn('dynamodb', 'table/meters');
  const item = { TableName: 'meters', Item: { pk: { S: 'a' } } };

  it.each<[string, Parameters<typeof awsRequest>[0], string]>([
    ['dynamodb', { operation: 'PutItem', body: item }, `dynamodb:PutItem ${meters}`],
    ['dynamodb', { operation: 'GetItem', body: { TableName: meters } }, `dynamodb:GetItem ${meters}`],
    [
      'dynamodb',
      { operation: 'Query', body: { TableName: 'meters', IndexName: 'gsi1' } },
      `dynamodb:Query ${meters}/index/gsi1`,
    ],
    [
      'dynamodb',
      { operation: 'BatchWriteItem', body: { RequestItems: { meters: [] } } },
      `dynamodb:BatchWriteItem ${meters}`,
    ],
    [
      'dynamodb',
      { operation: 'TransactWriteItems', body: { TransactItems: [{ Put: item }] } },
      `dynamodb:PutItem ${meters}`,
    ],
    [
      'dynamodb',
      {
        operation: 'TransactWriteItems',
        body: { TransactItems: [{ ConditionCheck: { TableName: 'meters', Key: {} } }] },
      },
      `dynamodb:ConditionCheckItem ${meters}`,
    ],
    [
      'dynamodb',
      { operation: 'TransactGetItems', body: { TransactItems: [{ Get: { TableName: 'meters' } }] } },
      `dynamodb:GetItem ${meters}`,
    ],
    ['dynamodb', { operation: 'ListTables' }, 'dynamodb:ListTables *'],
    [
      'sqs',
      { operation: 'SendMessageBatch', body: { QueueUrl: 'http://127.0.0.1:1/0/work' } },
      `sqs:sendmessage ${arn('sqs', 'work')}`,
    ],
    ['sqs', { operation: 'GetQueueUrl', body: { QueueName: 'work' } }, `sqs:getqueueurl ${arn('sqs', 'work')}`],
    [
      'sqs',
      { operation: 'StartMessageMoveTask', body: { SourceArn: arn('sqs', 'dead') } },
      `sqs:startmessagemovetask ${arn('sqs', 'dead')}`,
    ],
    [
      'events',
      { operation: 'PutEvents', body: { Entries: [{ EventBusName: 'mizan' }] } },
      `events:PutEvents ${arn('events', 'event-bus/mizan')}`,
    ],
    [
      'events',
      { operation: 'PutEvents', body: { Entries: [{}] } },
      `events:PutEvents ${arn('events', 'event-bus/default')}`,
    ],
    ['sns', { body: `Action=PublishBatch&TopicArn=${arn('sns', 'alarms')}` }, `sns:Publish ${arn('sns', 'alarms')}`],
    ['iotdata', { path: '/topics/a/b' }, `iot:Publish ${arn('iot', 'topic/a/b')}`],
    [
      'lambda',
      { path: '/2015-03-31/functions/run/invocations' },
      `lambda:InvokeFunction ${arn('lambda', 'function:run')}`,
    ],
    [
      'scheduler',
      { path: '/schedules/nightly', body: { GroupName: 'g' } },
      `scheduler:CreateSchedule ${arn('scheduler', 'schedule/g/nightly')}`,
    ],
    ['ssm', { operation: 'GetParameter', body: { Name: '/a/b' } }, `ssm:GetParameter ${arn('ssm', 'parameter/a/b')}`],
    [
      'logs',
      { operation: 'PutLogEvents', body: { logGroupName: 'g', logStreamName: 's' } },
      `logs:PutLogEvents ${arn('logs', 'log-group:g:log-stream:s')}`,
    ],
    ['monitoring', { operation: 'PutMetricData' }, 'cloudwatch:PutMetricData *'],
    [
      'timestream',
      { operation: 'WriteRecords', body: { DatabaseName: 'd', TableName: 't' } },
      `timestream:WriteRecords ${arn('timestream', 'database/d/table/t')}`,
    ],
    ['s3', { method: 'GET', path: '/files/a/b' }, 's3:GetObject arn:aws:s3:::files/a/b'],
    [
      's3',
      { method: 'GET', path: '/files', query: new URLSearchParams('list-type=2') },
      's3:ListBucket arn:aws:s3:::files',
    ],
    [
      's3',
      { method: 'PUT', path: '/files/a', query: new URLSearchParams('partNumber=1&uploadId=u') },
      's3:PutObject arn:aws:s3:::files/a',
    ],
    [
      's3',
      { method: 'DELETE', path: '/files/a', query: new URLSearchParams('uploadId=u') },
      's3:AbortMultipartUpload arn:aws:s3:::files/a',
    ],
    [
      's3',
      { path: '/files', query: new URLSearchParams('delete'), body: '<Delete><Object><Key>x</Key></Object></Delete>' },
      's3:DeleteObject arn:aws:s3:::files/x',
    ],
  ])('%s %j', async (service, fields, expected) => {
    expect(await needed(service, fields)).toBe(expected);
  });

  it('of SES is the identity that was verified, the domain or the address', async () => {
    const ses = ctx.add(createSesService(ctx));
    await createResource(ses, 'AWS::SES::EmailIdentity', 'Domain', { EmailIdentity: 'mizan.example' });
    const mail = { path: '/v2/email/outbound-emails', body: { FromEmailAddress: 'Mizan <no-reply@mizan.example>' } };
    expect(await needed('ses', mail)).toBe(`ses:SendEmail ${arn('ses', 'identity/mizan.example')}`);
  });

  it('of Secrets Manager is the whole ARN, by whatever name the secret is asked for', async () => {
    const secrets = ctx.add(createSecretsManagerService(ctx));
    const { ref } = await createResource(secrets, 'AWS::SecretsManager::Secret', 'S', {
      Name: 'token',
      SecretString: 'x',
    });
    const asked = { operation: 'GetSecretValue', body: { SecretId: 'token' } };
    expect(await needed('secretsmanager', asked)).toBe(`secretsmanager:GetSecretValue ${ref}`);
  });
});

describe('a request', () => {
  const put = awsRequest({ operation: 'PutItem', body: { TableName: 'meters', Item: { pk: { S: 't1#m' } } } });
  const meters = arn('dynamodb', 'table/meters');

  it('passes with the right and is refused in the words of AWS without', async () => {
    const able = await keyWith(allow('dynamodb:PutItem', meters));
    expect(() => iam.checkRequest(able, 'dynamodb', put)).not.toThrow();
    const unable = await keyWith(allow('dynamodb:GetItem', meters));
    expect(() => iam.checkRequest(unable, 'dynamodb', put)).toThrow(
      expect.objectContaining({
        code: 'AccessDeniedException',
        status: 400,
        message: `User: arn:aws:sts::${account}:assumed-role/role-${roles}/session is not authorized to perform: dynamodb:PutItem on resource: ${meters} because no identity-based policy allows the dynamodb:PutItem action`,
      }),
    );
  });

  it('is refused by an explicit deny', async () => {
    const key = await keyWith(allow('dynamodb:*'), { Effect: 'Deny', Action: 'dynamodb:PutItem', Resource: meters });
    expect(() => iam.checkRequest(key, 'dynamodb', put)).toThrow(
      'dynamodb:PutItem on resource: arn:aws:dynamodb:us-east-1:000000000000:table/meters with an explicit deny in an identity-based policy',
    );
  });

  it('of several parts needs the right for each of them', async () => {
    const key = await keyWith(allow('dynamodb:PutItem', meters));
    const both = awsRequest({
      operation: 'TransactWriteItems',
      body: {
        TransactItems: [{ Put: { TableName: 'meters', Item: {} } }, { Delete: { TableName: 'other', Key: {} } }],
      },
    });
    expect(() => iam.checkRequest(key, 'dynamodb', both)).toThrow('dynamodb:DeleteItem on resource');
  });

  it('with credentials of nobody is an administrator', () => {
    expect(() => iam.checkRequest('AKIATEST', 'dynamodb', put)).not.toThrow();
  });

  it('may be bound to partition keys', async () => {
    iam.note(
      {
        ...{ logicalId: 'T', stackName: 's', type: 'AWS::DynamoDB::Table', metadata: {}, defaultName: 't' },
        properties: { KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }] },
      },
      { ref: 'meters', attributes: { Arn: meters } },
    );
    const key = await keyWith(
      allow('dynamodb:*', meters, { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['t1#*'] } }),
    );
    const ask = (operation: string, body: object) => () =>
      iam.checkRequest(key, 'dynamodb', awsRequest({ operation, body: { TableName: 'meters', ...body } }));
    expect(ask('PutItem', { Item: { pk: { S: 't1#m' } } })).not.toThrow();
    expect(ask('PutItem', { Item: { pk: { S: 't2#m' } } })).toThrow('not authorized');
    expect(ask('DeleteItem', { Key: { pk: { S: 't2#m' } } })).toThrow('not authorized');
    const query = {
      KeyConditionExpression: '#k = :v AND begins_with(sk, :s)',
      ExpressionAttributeNames: { '#k': 'pk' },
    };
    expect(ask('Query', { ...query, ExpressionAttributeValues: { ':v': { S: 't1#m' } } })).not.toThrow();
    expect(ask('Query', { ...query, ExpressionAttributeValues: { ':v': { S: 't2#m' } } })).toThrow('not authorized');
    const batch = {
      RequestItems: {
        meters: [{ PutRequest: { Item: { pk: { S: 't1#a' } } } }, { DeleteRequest: { Key: { pk: { S: 't2#b' } } } }],
      },
    };
    expect(ask('BatchWriteItem', batch)).toThrow('not authorized');
  });
});

describe('a key', () => {
  const keyPolicy = (principal: object) => ({
    Statement: { Effect: 'Allow', Principal: principal, Action: 'kms:*', Resource: '*' },
  });

  async function sign(policy: object, ...statements: object[]) {
    const kms = ctx.add(createKmsService(ctx));
    const properties = { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY', KeyPolicy: policy };
    const created = await createResource(kms, 'AWS::KMS::Key', 'Signing', properties);
    iam.note(
      { logicalId: 'K', stackName: 's', type: 'AWS::KMS::Key', metadata: {}, defaultName: 'k', properties },
      created,
    );
    await createResource(kms, 'AWS::KMS::Alias', 'Alias', { AliasName: 'alias/signing', TargetKeyId: created.ref });
    const key = await keyWith(...statements.map((each) => ({ ...each, Resource: created.attributes!['Arn'] })));
    iam.checkRequest(key, 'kms', awsRequest({ operation: 'Sign', body: { KeyId: 'alias/signing' } }));
  }

  it('by its alias is under the rights of its ARN', async () => {
    const policy = keyPolicy({ AWS: `arn:aws:iam::${account}:root` });
    await expect(sign(policy, allow('kms:Sign'))).resolves.toBeUndefined();
    await expect(sign(policy, allow('kms:GetPublicKey'))).rejects.toThrow('because no identity-based policy allows');
  });

  it('whose policy does not let IAM decide is closed to identity policies', async () => {
    const policy = keyPolicy({ AWS: `arn:aws:iam::${account}:role/other` });
    await expect(sign(policy, allow('kms:Sign'))).rejects.toThrow('because no resource-based policy allows');
  });
});
