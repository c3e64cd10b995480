import { describe, expect, it } from 'vitest';
import type { Access } from '../../layers/kernel/domain/manifest.ts';
import type { Deployment } from '../deployment.ts';
import { acceptedWildcards, accessStatements } from './access-statements.ts';

const table = (name: string, indexes: ('gsi1' | 'gsi2')[] = []) => ({
  tableName: name,
  tableArn: `arn:table/${name}`,
  streamArn: undefined,
  spec: { indexes },
});

const deployment = {
  tables: new Map([
    ['plain', table('plain')],
    ['indexed', table('indexed', ['gsi1', 'gsi2'])],
  ]),
  buckets: new Map([['files', { bucketName: 'files', bucketArn: 'arn:bucket/files' }]]),
  keys: {
    signing: { keyArn: 'arn:key/signing' },
    'signing-next': { keyArn: 'arn:key/next' },
    secrets: { keyArn: 'arn:key/secrets' },
  },
  emailIdentityArn: 'arn:identity/a.example',
  webSocket: { apiId: 'ws1', stageName: 'live', managementEndpoint: 'https://ws1' },
} as unknown as Deployment;

function granted(access: Access): { actions: string[]; resources: string[] }[] {
  return accessStatements(access, deployment, (name) => `arn:queue/${name}`).map((statement) => ({
    actions: statement.actions,
    resources: statement.resources,
  }));
}

describe('access to tables', () => {
  it('reading allows reads of the table and queries of its declared indexes', () => {
    expect(granted({ tables: { indexed: 'read' } })).toEqual([
      {
        actions: ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query', 'dynamodb:ConditionCheckItem'],
        resources: ['arn:table/indexed'],
      },
      { actions: ['dynamodb:Query'], resources: ['arn:table/indexed/index/gsi1', 'arn:table/indexed/index/gsi2'] },
    ]);
  });

  it('writing allows no read and no index', () => {
    const [statement, ...others] = granted({ tables: { indexed: 'write' } });
    expect(others).toEqual([]);
    expect(statement!.actions).toEqual(
      expect.arrayContaining([
        'dynamodb:PutItem',
        'dynamodb:UpdateItem',
        'dynamodb:DeleteItem',
        'dynamodb:BatchWriteItem',
      ]),
    );
    expect(statement!.actions.filter((action) => /Get|Query/.test(action))).toEqual([]);
  });

  it('both together name no action twice', () => {
    const actions = granted({ tables: { plain: 'readWrite' } }).flatMap((statement) => statement.actions);
    expect(new Set(actions).size).toBe(actions.length);
    expect(actions).toHaveLength(8);
  });

  it('no mode allows scanning, which would cross tenants', () => {
    for (const mode of ['read', 'write', 'readWrite'] as const)
      expect(granted({ tables: { plain: mode } }).flatMap(({ actions }) => actions)).not.toContain('dynamodb:Scan');
  });
});

describe('access to other things', () => {
  it.each([
    ['sign', ['kms:Sign', 'kms:GetPublicKey']],
    ['publicKey', ['kms:GetPublicKey']],
    ['decrypt', ['kms:Decrypt']],
    ['encrypt', ['kms:Encrypt', 'kms:GenerateDataKey']],
  ] as const)('the key use "%s" allows %j on that key', (use, actions) => {
    expect(granted({ keys: { signing: use } })).toEqual([{ actions, resources: ['arn:key/signing'] }]);
  });

  it('queues may be sent to and nothing else', () => {
    expect(granted({ queues: ['work'] })).toEqual([{ actions: ['sqs:SendMessage'], resources: ['arn:queue/work'] }]);
  });

  it('a bucket is read below its name', () => {
    expect(granted({ buckets: { files: 'read' } })).toEqual([
      { actions: ['s3:GetObject'], resources: ['arn:bucket/files/*'] },
      { actions: ['s3:ListBucket'], resources: ['arn:bucket/files'] },
    ]);
  });

  it('connections of the one WebSocket API and stage', () => {
    const [{ actions, resources }] = granted({ webSocket: true }) as [{ actions: string[]; resources: string[] }];
    expect(actions).toEqual(['execute-api:ManageConnections']);
    expect(resources.every((resource) => resource.includes(':ws1/live/'))).toBe(true);
  });

  it('e-mail leaves from the one identity of the stage, and from none where it has none', () => {
    expect(granted({ email: true })).toEqual([{ actions: ['ses:SendEmail'], resources: ['arn:identity/a.example'] }]);
    expect(accessStatements({ email: true }, { ...deployment, emailIdentityArn: undefined }, String)).toEqual([]);
  });

  it('what the broker retains needs the right to have it retained', () => {
    const [{ actions, resources }] = granted({ retainTopics: ['acrel/*/device/*/config'] }) as [
      { actions: string[]; resources: string[] },
    ];
    expect(actions).toEqual(['iot:Publish', 'iot:RetainPublish']);
    expect(resources).toEqual([expect.stringMatching(/:topic\/acrel\/\*\/device\/\*\/config$/)]);
  });

  it('text messages go to phones and not to topics', () => {
    const [allowed, denied] = accessStatements({ textMessages: true }, deployment, String);
    expect(allowed!.toJSON()).toEqual({ Effect: 'Allow', Action: 'sns:Publish', Resource: '*' });
    expect(denied!.toJSON()).toMatchObject({ Effect: 'Deny', Action: 'sns:Publish' });
    expect(denied!.resources).toEqual([expect.stringMatching(/:sns:\*:\*:\*$/)]);
  });

  it('every wildcard comes with a reason', () => {
    const access: Access = {
      buckets: { files: 'readWrite' },
      webSocket: true,
      textMessages: true,
      publishTopics: ['acrel/*', 'fixed'],
      retainTopics: ['acrel/*/device/*/config'],
    };
    const wild = granted(access).flatMap(({ resources }) => resources.filter((resource) => resource.includes('*')));
    expect(
      acceptedWildcards(access, deployment)
        .map(({ resource }) => resource)
        .sort(),
    ).toEqual([...new Set(wild)].sort());
  });
});
