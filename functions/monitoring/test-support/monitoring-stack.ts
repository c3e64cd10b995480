/** The monitoring domain on the local engines of DynamoDB, KMS, SQS and CloudWatch, with a clock that is turned. */
import { afterAll, beforeAll, vi } from 'vitest';
import { environmentName } from '../../../layers/kernel/config/resource-names.ts';
import { openSession } from '../../../layers/kernel/data/session.ts';
import type { EventEnvelope } from '../../../layers/kernel/events/envelope.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { type CloudWatchService, createCloudWatchService } from '../../../local/services/cloudwatch/index.ts';
import { createDynamoDbService, type DynamoDbService } from '../../../local/services/dynamodb/index.ts';
import { createKmsService } from '../../../local/services/kms/index.ts';
import { createSesService, type SesService } from '../../../local/services/ses/index.ts';
import { createSnsService, type SnsService } from '../../../local/services/sns/index.ts';
import { createSqsService, type SqsService } from '../../../local/services/sqs/index.ts';
import { serveForTest } from '../../../local/services/test-support/aws-server.ts';
import { createFakeContext, createResource } from '../../../local/services/test-support/fake-context.ts';

export const operator = 'tenant-operator';
const sender = 'no-reply@mizan.example';

export function useMonitoringStack() {
  const context = createFakeContext({ startTime: Date.UTC(2026, 0, 5, 8) });
  let dynamodb: DynamoDbService;
  let cloudwatch: CloudWatchService;
  let sqs: SqsService;
  let ses: SesService;
  let sns: SnsService;
  const taken = new Set<string>();
  const closing: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    logger.setLogLevel('SILENT');
    vi.useFakeTimers({ toFake: ['Date'], now: context.clock.now() });
    Object.assign(process.env, {
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      ALLOW_LOOPBACK_WEBHOOKS: 'true',
      OPERATOR_TENANT: operator,
      HTTP_API_IDS: 'api1 api2',
      LOG_GROUP_PREFIX: '/aws/lambda/mizan-dev-',
      QUEUE_PREFIX: 'mizan-dev-',
      EMAIL_SENDER: sender,
    });
    dynamodb = createDynamoDbService(context);
    const kms = createKmsService(context);
    cloudwatch = context.add(createCloudWatchService(context));
    sqs = context.add(createSqsService(context));
    ses = createSesService(context);
    sns = createSnsService(context);
    await createResource(ses, 'AWS::SES::EmailIdentity', 'sender', { EmailIdentity: sender });
    const watching = { CLOUDWATCH: cloudwatch, CLOUDWATCH_LOGS: cloudwatch };
    const services = { DYNAMODB: dynamodb, KMS: kms, SQS: sqs, SESV2: ses, SNS: sns, ...watching };
    for (const [name, service] of Object.entries(services)) {
      const endpoint = await serveForTest(service);
      process.env[`AWS_ENDPOINT_URL_${name}`] = endpoint.url.replace('localhost', '127.0.0.1');
      // The SQS client calls the host of the queue's URL.
      if (name === 'SQS') Object.assign(context.ports, { aws: Number(new URL(endpoint.url).port) });
      closing.push(endpoint.close, async () => service.stop?.());
    }
    for (const table of ['monitoring', 'platform', 'limits', 'identity']) {
      const { ref } = await createResource(dynamodb, 'AWS::DynamoDB::Table', table, tableProperties(table));
      process.env[environmentName.table(table)] = ref;
    }
    const { ref } = await createResource(kms, 'AWS::KMS::Key', 'secrets', { KeyPolicy: {} });
    process.env[environmentName.keyId('secrets')] = ref;
  });

  afterAll(async () => {
    vi.useRealTimers();
    for (const close of closing) await close();
  });

  return {
    context,
    cloudwatch: () => cloudwatch,
    sqs: () => sqs,
    emails: () => ses.sentEmails(),
    texts: () => sns.sentTexts(),
    now: () => context.clock.now(),
    session: (tenantId: string) => openSession(tenantId),
    advance(ms: number) {
      context.clock.advance(ms);
      vi.setSystemTime(context.clock.now());
    },
    async createQueue(name: string, deadLetterQueue?: string): Promise<string> {
      const arn = `arn:aws:sqs:${context.region}:${context.accountId}:${deadLetterQueue}`;
      const redrive = { RedrivePolicy: { deadLetterTargetArn: arn, maxReceiveCount: 1 } };
      const properties = { QueueName: name, ...(deadLetterQueue === undefined ? {} : redrive) };
      return (await createResource(sqs, 'AWS::SQS::Queue', name, properties)).ref;
    },
    /** What a table holds, attributes without their types. */
    rows(TableName: string): Record<string, unknown>[] {
      const { Items } = dynamodb.call('Scan', { TableName }) as { Items: Record<string, Record<string, unknown>>[] };
      return Items.map((item) =>
        Object.fromEntries(Object.entries(item).map(([name, value]) => [name, Object.values(value)[0]])),
      );
    },
    /** Events that wait in a tenant's outbox and were not taken yet, as the bus would deliver them. */
    takeEvents(tenantId: string): EventEnvelope<any>[] {
      const { Items } = dynamodb.call('Scan', { TableName: 'monitoring' }) as {
        Items: Record<string, Record<string, string>>[];
      };
      return Items.map((item) =>
        Object.fromEntries(Object.entries(item).map(([name, v]) => [name, Object.values(v)[0]])),
      )
        .filter((item) => item['_type'] === 'outbox' && item['tenantId'] === tenantId && !taken.has(item['id']!))
        .map((item) => {
          taken.add(item['id']!);
          const parsed = { payload: JSON.parse(item['payload']!), metadata: {}, schemaVersion: 1 };
          return { ...item, ...parsed } as unknown as EventEnvelope<any>;
        });
    },
  };
}

const keyAttributes = ['pk', 'sk', 'gsi1pk', 'gsi1sk', 'gsi2pk', 'gsi2sk'];
const keySchema = (prefix: string) => [
  { AttributeName: `${prefix}pk`, KeyType: 'HASH' },
  { AttributeName: `${prefix}sk`, KeyType: 'RANGE' },
];

const tableProperties = (TableName: string): Record<string, unknown> => ({
  TableName,
  BillingMode: 'PAY_PER_REQUEST',
  KeySchema: keySchema(''),
  AttributeDefinitions: keyAttributes.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
  GlobalSecondaryIndexes: ['gsi1', 'gsi2'].map((IndexName) => ({
    IndexName,
    KeySchema: keySchema(IndexName),
    Projection: { ProjectionType: 'ALL' },
  })),
});
