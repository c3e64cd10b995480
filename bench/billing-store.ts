/**
 * The store and the queue that billing is measured on: the embedded engines behind HTTP, with what a run asks of them
 * counted. Hourly readings of a few hundred meters serve all of a fleet, since a hundred thousand times 744 rows would
 * not fit: a query of a meter's readings is answered from the partition of the meter it shares them with.
 */
import { billingQueue } from '../functions/billing/runs/start-run.ts';
import { environmentName } from '../layers/kernel/config/resource-names.ts';
import { type TestService, testService } from '../local/services/dynamodb/test-service.ts';
import { createSqsService, type SqsService } from '../local/services/sqs/index.ts';
import { serveForTest } from '../local/services/test-support/aws-server.ts';
import { createFakeContext, createResource } from '../local/services/test-support/fake-context.ts';

export const sharedMeters = 200;
/** Customers whose entries and payments those of a base that shares them are answered from. */
export const sharedCustomers = 500;

export interface BillingStore {
  dynamodb: TestService;
  sqs: SqsService;
  /** Since the last reset. */
  counted: { calls: Map<string, number>; events: number };
  /** Every answer comes so much later, as over a network. */
  latencyMs: number;
  /** Whether accounts of a few customers serve all. */
  sharesAccounts: boolean;
  /** Environment of a process that works on the store. */
  environment: Record<string, string>;
  reset(): void;
  /** Puts what is counted now aside, for it to stand again after something else was done. */
  keepCounts(): { restore(): void };
  close(): Promise<void>;
}

/** Tables without a stream: what is left in it would only fill the memory. */
export async function openBillingStore(
  tables: readonly string[],
  queueNames: readonly string[] = [billingQueue],
): Promise<BillingStore> {
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
  const store = { latencyMs: 0, sharesAccounts: false };
  const endpoint = await serveForTest({
    ...dynamodb.service,
    async handle(request) {
      const { operation = '' } = request;
      counted.calls.set(operation, (counted.calls.get(operation) ?? 0) + 1);
      let body = request.body.toString();
      if (operation === 'TransactWriteItems') counted.events += body.split('"_type":{"S":"outbox"}').length - 1;
      if (operation === 'Query' && body.includes('"TableName":"readings"')) body = shareReadings(body);
      if (operation === 'Query' && store.sharesAccounts) body = shareAccounts(body);
      if (store.latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, store.latencyMs));
      return dynamodb.service.handle!({ ...request, body: Buffer.from(body) });
    },
  });
  const context = createFakeContext({ startTime: Date.now() });
  const sqs = context.add(createSqsService(context));
  const queues = await serveForTest(sqs);
  for (const QueueName of queueNames) {
    const { ref } = await createResource(sqs, 'AWS::SQS::Queue', QueueName, { QueueName, VisibilityTimeout: 43_200 });
    environment[environmentName.queueUrl(QueueName)] = queues.url + new URL(ref).pathname;
  }
  environment['AWS_ENDPOINT_URL_DYNAMODB'] = endpoint.url;
  environment['AWS_ENDPOINT_URL_SQS'] = queues.url;
  Object.assign(process.env, environment);
  const reset = (): void => {
    counted.calls.clear();
    counted.events = 0;
    dynamodb.meter.reset();
  };
  return Object.assign(store, {
    dynamodb,
    sqs,
    counted,
    environment,
    reset,
    keepCounts() {
      const { lines } = dynamodb.meter.bill();
      const [calls, { events }] = [[...counted.calls], { ...counted }];
      return {
        restore() {
          reset();
          for (const { key, units } of lines) dynamodb.meter.count(key, units);
          for (const [operation, count] of calls) counted.calls.set(operation, count);
          counted.events = events;
        },
      };
    },
    async close() {
      await Promise.all([endpoint.close(), queues.close()]);
    },
  });
}

export const meterIdOf = (i: number): string => `B${String(i).padStart(6, '0')}`;

const shareReadings = (body: string): string =>
  body.replace(/#B(\d{6})#/, (_, digits: string) => `#${meterIdOf(Number(digits) % sharedMeters)}#`);

const shareAccounts = (body: string): string =>
  body.replace(/#(ACCOUNT|CUSTOMER-PAYMENTS)#cus_(\d{26})"/, (_, rows: string, digits: string) => {
    const shared = String(Number(digits) % sharedCustomers).padStart(26, '0');
    return `#${rows}#cus_${shared}"`;
  });

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
