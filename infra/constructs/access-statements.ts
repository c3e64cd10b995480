/**
 * From what a manifest grants a function to IAM statements: the single actions the data layer calls, on the single
 * things it names. `Scan` is in no mode, since an index or table must not be read across tenants.
 */
import { Aws } from 'aws-cdk-lib';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Access, TableMode } from '../../layers/kernel/domain/manifest.ts';
import type { DeployedTable, Deployment, KeyName, WebSocketTarget } from '../deployment.ts';
import { acceptedWatchWildcards, watchStatements } from './watch-statements.ts';

/**
 * `ConditionCheckItem` reads, but only ever inside somebody's write transaction; both modes may guard one.
 * Transactions need no permission of their own beyond those of their single actions.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
 */
const tableActions = {
  read: ['GetItem', 'BatchGetItem', 'Query', 'ConditionCheckItem'],
  write: ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'ConditionCheckItem'],
};

const keyActions: Record<NonNullable<Access['keys']>[string], string[]> = {
  // A signer names its key in what it signs, and that name is made of the public key.
  sign: ['Sign', 'GetPublicKey'],
  publicKey: ['GetPublicKey'],
  encrypt: ['Encrypt', 'GenerateDataKey'],
  decrypt: ['Decrypt'],
  encryptDecrypt: ['Encrypt', 'Decrypt', 'GenerateDataKey'],
};

const allow = (service: string, actions: string[], resources: string[]): PolicyStatement =>
  new PolicyStatement({ actions: actions.map((action) => `${service}:${action}`), resources });

/** @param queueArn finds a queue of the function's own domain */
export function accessStatements(
  access: Access,
  deployment: Pick<Deployment, 'stage' | 'tables' | 'buckets' | 'keys' | 'webSocket' | 'emailIdentityArn'>,
  queueArn: (name: string) => string,
): PolicyStatement[] {
  const { tables, buckets, keys, webSocket, emailIdentityArn } = deployment;
  const queues = (access.queues ?? []).map(queueArn);
  return [
    ...Object.entries(access.tables ?? {}).flatMap(([name, mode]) => tableStatements(tables.get(name)!, mode)),
    ...Object.entries(access.buckets ?? {}).flatMap(([name, mode]) =>
      bucketStatements(buckets.get(name)!.bucketArn, mode),
    ),
    ...Object.entries(access.keys ?? {}).map(([name, use]) =>
      allow('kms', keyActions[use], [keys[name as KeyName].keyArn]),
    ),
    ...(queues.length > 0 ? [allow('sqs', ['SendMessage'], queues)] : []),
    ...(access.webSocket ? [allow('execute-api', ['ManageConnections'], connectionArns(webSocket))] : []),
    ...(access.publishTopics?.length ? [allow('iot', ['Publish'], access.publishTopics.map(topicArn))] : []),
    ...(access.retainTopics?.length
      ? [allow('iot', ['Publish', 'RetainPublish'], access.retainTopics.map(topicArn))]
      : []),
    ...(access.email && emailIdentityArn ? [allow('ses', ['SendEmail'], [emailIdentityArn])] : []),
    ...(access.textMessages ? textMessageStatements() : []),
    ...watchStatements(access, deployment.stage),
  ];
}

function tableStatements({ tableArn, spec }: DeployedTable, mode: TableMode): PolicyStatement[] {
  const { read, write } = tableActions;
  const actions = mode === 'readWrite' ? [...new Set([...read, ...write])] : tableActions[mode];
  const statements = [allow('dynamodb', actions, [tableArn])];
  const indexes = (spec.indexes ?? []).map((index) => `${tableArn}/index/${index}`);
  if (mode !== 'write' && indexes.length > 0) statements.push(allow('dynamodb', ['Query'], indexes));
  return statements;
}

function bucketStatements(bucketArn: string, mode: TableMode): PolicyStatement[] {
  const reads = mode === 'write' ? [] : ['GetObject'];
  const writes = mode === 'read' ? [] : ['PutObject', 'DeleteObject', 'AbortMultipartUpload'];
  const statements = [allow('s3', [...reads, ...writes], [`${bucketArn}/*`])];
  // Without it a missing object answers 403 instead of 404.
  if (mode !== 'write') statements.push(allow('s3', ['ListBucket'], [bucketArn]));
  return statements;
}

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-control-access-iam.html */
function connectionArns({ apiId, stageName }: WebSocketTarget): string[] {
  const stageArn = `arn:${Aws.PARTITION}:execute-api:${Aws.REGION}:${Aws.ACCOUNT_ID}:${apiId}/${stageName}`;
  return ['GET', 'POST', 'DELETE'].map((method) => `${stageArn}/${method}/@connections/*`);
}

/**
 * A phone number is no resource, so publishing to one can only be allowed as a whole; topics and apps are taken out.
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-using-identity-based-policies.html
 */
function textMessageStatements(): PolicyStatement[] {
  return [
    allow('sns', ['Publish'], ['*']),
    new PolicyStatement({ effect: Effect.DENY, actions: ['sns:Publish'], resources: [allTopics()] }),
  ];
}

const allTopics = (): string => `arn:${Aws.PARTITION}:sns:*:*:*`;

const topicArn = (topic: string): string => `arn:${Aws.PARTITION}:iot:${Aws.REGION}:${Aws.ACCOUNT_ID}:topic/${topic}`;

/** Why a resource in the statements may hold a `*`; a wildcard that is not in here is a finding. */
export function acceptedWildcards(
  access: Access,
  { stage, buckets, webSocket }: Pick<Deployment, 'stage' | 'buckets' | 'webSocket'>,
): { resource: string; reason: string }[] {
  return [
    ...Object.keys(access.buckets ?? {}).map((name) => ({
      resource: `${buckets.get(name)!.bucketArn}/*`,
      reason: 'Objects are named at run time.',
    })),
    ...(access.webSocket ? connectionArns(webSocket) : []).map((resource) => ({
      resource,
      reason: 'Connections get their ids at run time; the stage of this one API is the boundary.',
    })),
    ...(access.textMessages
      ? [
          { resource: '*', reason: 'Phone numbers are no resources of IAM.' },
          { resource: allTopics(), reason: 'It is denied, not allowed.' },
        ]
      : []),
    ...acceptedWatchWildcards(access, stage),
    ...[...(access.publishTopics ?? []), ...(access.retainTopics ?? [])]
      .filter((topic) => topic.includes('*'))
      .map((topic) => ({ resource: topicArn(topic), reason: 'Topics hold the ids of stations and meters.' })),
  ];
}
