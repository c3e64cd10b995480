/**
 * The platform domain on real engines for its tests: the embedded DynamoDB, SQS and KMS of the local runtime behind
 * the ordinary AWS SDK. Time is turned by vitest's fake `Date`; queues are drained by hand, so nothing waits.
 */
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { afterAll, beforeAll, vi } from 'vitest';
import { environmentName } from '../../../layers/kernel/config/resource-names.ts';
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { type EventEnvelope, toBusDetail } from '../../../layers/kernel/events/envelope.ts';
import { ulid } from '../../../layers/kernel/ids.ts';
import { createDynamoDbService } from '../../../local/services/dynamodb/index.ts';
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
  session(tenantId?: string): TenantSession;
  /** Feeds what is visible in a queue to its consumer until nothing is left; messages it fails stay in flight. */
  drain(queue: string, handler: QueueHandler, rounds?: number): Promise<number>;
  /** Bodies waiting in a queue, delayed ones too. */
  waiting(queue: string): number;
}

type QueueHandler = (event: SQSEvent) => Promise<SQSBatchResponse>;

const queueNames = (platform.consumers ?? []).map(({ queue }) => queue.name);

export function usePlatformStack(): PlatformStack {
  const context = createFakeContext({ startTime: Date.UTC(2026, 0, 5, 8) });
  let sqs: SqsService;
  const closing: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: context.clock.now() });
    process.env['AWS_REGION'] = 'us-east-1';
    process.env['AWS_ACCESS_KEY_ID'] = 'test';
    process.env['AWS_SECRET_ACCESS_KEY'] = 'test';
    process.env['ALLOW_LOOPBACK_WEBHOOKS'] = 'true';
    const dynamodb = createDynamoDbService(context);
    sqs = context.add(createSqsService(context));
    const kms = createKmsService(context);
    for (const [name, service] of Object.entries({ DYNAMODB: dynamodb, SQS: sqs, KMS: kms })) {
      const endpoint = await serveForTest(service);
      process.env[`AWS_ENDPOINT_URL_${name}`] = endpoint.url;
      closing.push(endpoint.close, async () => service.stop?.());
    }
    for (const table of ['platform', 'limits']) {
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

  const queueNamed = (name: string) => sqs.queue(process.env[environmentName.queueUrl(name)]!);
  return {
    context,
    now: () => context.clock.now(),
    advance(ms) {
      context.clock.advance(ms);
      vi.setSystemTime(context.clock.now());
    },
    session: (tenantId = 'tenant-a') => openSession(tenantId),
    async drain(name, handler, rounds = 200) {
      const queue = queueNamed(name);
      let handled = 0;
      for (let round = 0; round < rounds; round++) {
        const messages = await queue.receiveWaiting(10, 0, 360_000, new AbortController().signal);
        if (messages.length === 0) break;
        const { batchItemFailures } = await handler(sqsEvent(messages));
        const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
        const done = messages.filter(({ messageId }) => !failed.has(messageId));
        queue.delete(done.map(({ receiptHandle }) => receiptHandle));
        handled += done.length;
      }
      return handled;
    },
    waiting: (name) => queueNamed(name).counts().total,
  };
}
