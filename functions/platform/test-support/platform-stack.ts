/**
 * The platform domain on real engines for its tests: the embedded DynamoDB, SQS and KMS of the local runtime behind
 * the ordinary AWS SDK. Time is turned by vitest's fake `Date`; queues are drained by hand, so nothing waits.
 */
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { afterAll, beforeAll, vi } from 'vitest';
import { environmentName } from '../../../layers/kernel/config/resource-names.ts';
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { createDynamoDbService, type DynamoDbService } from '../../../local/services/dynamodb/index.ts';
import { createKmsService } from '../../../local/services/kms/index.ts';
import { createSqsService, type SqsService } from '../../../local/services/sqs/index.ts';
import { serveForTest } from '../../../local/services/test-support/aws-server.ts';
import {
  createFakeContext,
  createResource,
  type FakeContext,
} from '../../../local/services/test-support/fake-context.ts';
import { platform } from '../domain.ts';

export interface PlatformStack {
  readonly context: FakeContext;
  /** Turns the clock of the services and of `Date` together. */
  advance(ms: number): void;
  now(): number;
  /** Sets `Date` alone, for libraries under test that compare with the present. */
  setDate(ms: number): void;
  session(tenantId?: string): TenantSession;
  /** Feeds what is visible in a queue to its consumer until nothing is left; messages it fails stay in flight. */
  drain(queue: string, handler: QueueHandler, rounds?: number): Promise<number>;
  /** Bodies waiting in a queue, delayed ones too. */
  waiting(queue: string): number;
  /** Bodies that are visible now, left in the queue. */
  peek(queue: string): string[];
  send(queue: string, bodies: readonly string[]): void;
  /** Empties all queues. */
  purge(): void;
  /** Everything in a table, as stored. */
  rows(table: string): any[];
  /** Events the tenant's rows wait to send to the bus. */
  outbox(tenantId: string): Record<string, string>[];
  /** Like `outbox`, each event once. */
  takeOutbox(tenantId: string): Record<string, string>[];
}

type QueueHandler = (event: SQSEvent) => Promise<SQSBatchResponse>;

const queueNames = (platform.consumers ?? []).map(({ queue }) => queue.name);

/** @param moreTables tables of other domains that the tested functions may touch */
export function usePlatformStack(moreTables: readonly string[] = []): PlatformStack {
  const context = createFakeContext({ startTime: Date.UTC(2026, 0, 5, 8) });
  let sqs: SqsService;
  let dynamodb: DynamoDbService;
  const taken = new Set<string>();
  const closing: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    logger.setLogLevel('SILENT');
    vi.useFakeTimers({ toFake: ['Date'], now: context.clock.now() });
    process.env['AWS_REGION'] = 'us-east-1';
    process.env['AWS_ACCESS_KEY_ID'] = 'test';
    process.env['AWS_SECRET_ACCESS_KEY'] = 'test';
    process.env['ALLOW_LOOPBACK_WEBHOOKS'] = 'true';
    dynamodb = createDynamoDbService(context);
    sqs = context.add(createSqsService(context));
    const kms = createKmsService(context);
    for (const [name, service] of Object.entries({ DYNAMODB: dynamodb, SQS: sqs, KMS: kms })) {
      const endpoint = await serveForTest(service);
      process.env[`AWS_ENDPOINT_URL_${name}`] = endpoint.url.replace('localhost', '127.0.0.1');
      // The SQS client calls the host of the queue's URL.
      if (name === 'SQS') Object.assign(context.ports, { aws: Number(new URL(endpoint.url).port) });
      closing.push(endpoint.close, async () => service.stop?.());
    }
    for (const table of ['platform', 'limits', ...moreTables]) {
      const { ref } = await createResource(dynamodb, 'AWS::DynamoDB::Table', table, tableProperties(table));
      process.env[environmentName.table(table)] = ref;
    }
    for (const name of queueNames) {
      const { ref } = await createResource(sqs, 'AWS::SQS::Queue', name, { VisibilityTimeout: 360 });
      process.env[environmentName.queueUrl(name)] = ref;
    }
    const { ref } = await createResource(kms, 'AWS::KMS::Key', 'secrets', { KeyPolicy: {} });
    process.env[environmentName.keyId('secrets')] = ref;
  });

  afterAll(async () => {
    vi.useRealTimers();
    for (const close of closing) await close();
  });

  const outbox = (tenantId: string): Record<string, string>[] => {
    const { Items } = dynamodb.call('Scan', { TableName: 'platform' }) as {
      Items: Record<string, Record<string, string>>[];
    };
    return Items.filter((item) => item['_type']?.['S'] === 'outbox' && item['tenantId']?.['S'] === tenantId)
      .map((item) =>
        Object.fromEntries(Object.entries(item).map(([name, value]) => [name, Object.values(value)[0] ?? ''])),
      )
      .sort((a, b) => (a['id']! < b['id']! ? -1 : 1));
  };
  const queueNamed = (name: string) => sqs.queue(process.env[environmentName.queueUrl(name)]!);
  return {
    context,
    now: () => context.clock.now(),
    setDate: (ms) => void vi.setSystemTime(ms),
    advance(ms) {
      context.clock.advance(ms);
      vi.setSystemTime(context.clock.now());
    },
    session: (tenantId = 'tenant-a') => openSession(tenantId),
    async drain(name, handler, rounds = 200) {
      const queue = queueNamed(name);
      let handled = 0;
      for (let round = 0; round < rounds; round++) {
        const messages = queue.receive(10);
        if (messages.length === 0) break;
        const failed = await handler(sqsEvent(messages)).then(
          ({ batchItemFailures }) => new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)),
          // A function that dies hands back its whole batch.
          () => new Set(messages.map(({ messageId }) => messageId)),
        );
        const done = messages.filter(({ messageId }) => !failed.has(messageId));
        queue.delete(done.map(({ receiptHandle }) => receiptHandle!));
        handled += done.length;
      }
      return handled;
    },
    waiting(name) {
      const { visible, delayed } = queueNamed(name).counts();
      return visible + delayed;
    },
    peek(name) {
      const queue = queueNamed(name);
      const messages = queue.receive(10);
      queue.changeVisibility(messages.map(({ receiptHandle }) => ({ receiptHandle: receiptHandle!, timeoutMs: 0 })));
      return messages.map(({ body }) => body);
    },
    send(name, bodies) {
      for (const body of bodies) queueNamed(name).send({ body });
    },
    purge() {
      for (const name of queueNames) queueNamed(name).purge();
    },
    rows: (table) => (dynamodb.call('Scan', { TableName: table }) as { Items: any[] }).Items,
    outbox,
    takeOutbox(tenantId) {
      const events = outbox(tenantId).filter(({ id }) => !taken.has(id!));
      for (const { id } of events) taken.add(id!);
      return events;
    },
  };
}

const keyAttributes = ['pk', 'sk', 'gsi1pk', 'gsi1sk', 'gsi2pk', 'gsi2sk'];
const keySchema = (prefix: string) => [
  { AttributeName: `${prefix}pk`, KeyType: 'HASH' },
  { AttributeName: `${prefix}sk`, KeyType: 'RANGE' },
];

function tableProperties(name: string): Record<string, unknown> {
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: keySchema(''),
    AttributeDefinitions: keyAttributes.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    GlobalSecondaryIndexes: ['gsi1', 'gsi2'].map((IndexName) => ({
      IndexName,
      KeySchema: keySchema(IndexName),
      Projection: { ProjectionType: 'ALL' },
    })),
  };
}

function sqsEvent(messages: readonly { messageId: string; body: string; receiveCount: number }[]): SQSEvent {
  const records = messages.map(({ messageId, body, receiveCount }) => ({
    messageId,
    body,
    attributes: { ApproximateReceiveCount: String(receiveCount) },
  }));
  return { Records: records } as unknown as SQSEvent;
}
