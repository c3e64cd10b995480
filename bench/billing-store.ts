/**
 * The store and the queue that billing is measured on: the embedded engines behind HTTP, with what a run asks of them
 * counted. Hourly readings of a few hundred meters serve all of a fleet, since a hundred thousand times 744 rows would
 * not fit: a query of a meter's readings is answered from the partition of the meter it shares them with.
 */
import { environmentName } from '../layers/kernel/config/resource-names.ts';
import { type TestService, testService } from '../local/services/dynamodb/test-service.ts';
import { createSqsService, type SqsService } from '../local/services/sqs/index.ts';
import { serveForTest } from '../local/services/test-support/aws-server.ts';
import { createFakeContext, createResource } from '../local/services/test-support/fake-context.ts';

export const sharedMeters = 200;
const queueName = 'billing-runs';

export interface BillingStore {
  dynamodb: TestService;
  sqs: SqsService;
  /** Since the last reset. */
  counted: { calls: Map<string, number>; events: number };
  /** Every answer comes so much later, as over a network. */
  latencyMs: number;
  /** Environment of a process that works on the store. */
  environment: Record<string, string>;
  reset(): void;
  close(): Promise<void>;
}

/** Tables without a stream: what is left in it would only fill the memory. */
export async function openBillingStore(tables: readonly string[]): Promise<BillingStore> {
  const dynamodb = testService();
  const environment: Record<string, string> = {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    POWERTOOLS_LOG_LEVEL: 'ERROR',
  };
  for (const table of tables) {
    createTable(dynamodb, table);
    environment[environmentName.table(table)] = table;
  }
  const counted = { calls: new Map<string, number>(), events: 0 };
  const store = { latencyMs: 0 };
  const endpoint = await serveForTest({
    ...dynamodb.service,
    async handle(request) {
      const { operation = '' } = request;
      counted.calls.set(operation, (counted.calls.get(operation) ?? 0) + 1);
      let body = request.body.toString();
      if (operation === 'TransactWriteItems') counted.events += body.split('"_type":{"S":"outbox"}').length - 1;
      if (operation === 'Query' && body.includes('"TableName":"readings"')) body = shareReadings(body);
      if (store.latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, store.latencyMs));
      return dynamodb.service.handle!({ ...request, body: Buffer.from(body) });
    },
  });
  const context = createFakeContext({ startTime: Date.now() });
  const sqs = context.add(createSqsService(context));
  const queues = await serveForTest(sqs);
  const { ref } = await createResource(sqs, 'AWS::SQS::Queue', queueName, {
    QueueName: queueName,
    VisibilityTimeout: 43_200,
  });
  environment[environmentName.queueUrl(queueName)] = queues.url + new URL(ref).pathname;
  environment['AWS_ENDPOINT_URL_DYNAMODB'] = endpoint.url;
  environment['AWS_ENDPOINT_URL_SQS'] = queues.url;
  Object.assign(process.env, environment);
  return Object.assign(store, {
    dynamodb,
    sqs,
    counted,
    environment,
    reset() {
      counted.calls.clear();
      counted.events = 0;
      dynamodb.meter.reset();
    },
    async close() {
      await Promise.all([endpoint.close(), queues.close()]);
    },
  });
}

export const meterIdOf = (i: number): string => `B${String(i).padStart(6, '0')}`;

const shareReadings = (body: string): string =>
  body.replace(/#B(\d{6})#/, (_, digits: string) => `#${meterIdOf(Number(digits) % sharedMeters)}#`);

function createTable(dynamodb: TestService, TableName: string): void {
  const keySchema = (prefix: string) => [
    { AttributeName: `${prefix}pk`, KeyType: 'HASH' },
    { AttributeName: `${prefix}sk`, KeyType: 'RANGE' },
  ];
  dynamodb.call('CreateTable', {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: keySchema(''),
    AttributeDefinitions: ['pk', 'sk', 'gsi1pk', 'gsi1sk', 'gsi2pk', 'gsi2sk'].map((AttributeName) => ({
      AttributeName,
      AttributeType: 'S',
    })),
    GlobalSecondaryIndexes: ['gsi1', 'gsi2'].map((IndexName) => ({
      IndexName,
      KeySchema: keySchema(IndexName),
      Projection: { ProjectionType: 'ALL' },
    })),
  });
}
