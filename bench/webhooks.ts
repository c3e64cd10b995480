/**
 * Webhook deliverer: deliveries a second of one function instance against a bare loop of signed POSTs with the same number in flight, in turn in
 * one process. The embedded DynamoDB and the receiver run in processes of their own. A partner on the internet takes
 * some time to answer; one that answers at once shows what the deliverer costs by itself.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { resolve } from 'node:path';
import { environmentName } from '../layers/kernel/config/resource-names.ts';
import { createKmsService } from '../local/services/kms/index.ts';
import { serveForTest } from '../local/services/test-support/aws-server.ts';
import { createFakeContext, createResource } from '../local/services/test-support/fake-context.ts';
import { startTables } from '../test/support/tables.ts';
import type { BenchResult } from './result.ts';
import type { WebhookMeasurement } from './webhooks-child.ts';

const budget = 0.7;
/** Time a partner takes to answer, and deliveries in a round. */
const partners = [
  { answerMs: 50, deliveries: 500, isBudget: true },
  { answerMs: 0, deliveries: 3000, isBudget: false },
];

export async function run(): Promise<BenchResult[]> {
  const tables = await startTables(['platform']);
  const kms = createKmsService(createFakeContext());
  const { ref } = await createResource(kms, 'AWS::KMS::Key', 'secrets', { KeyPolicy: {} });
  const kmsEndpoint = await serveForTest(kms);
  const environment = {
    AWS_ENDPOINT_URL_KMS: kmsEndpoint.url,
    [environmentName.keyId('secrets')]: ref,
    [environmentName.queueUrl('webhook-deliveries')]: 'http://localhost:9/queue',
    ALLOW_LOOPBACK_WEBHOOKS: 'true',
    POWERTOOLS_LOG_LEVEL: 'ERROR',
  };
  try {
    const results: BenchResult[] = [];
    for (const { answerMs, deliveries, isBudget } of partners) {
      const { deliverer, bare } = await measure(answerMs, deliveries, environment);
      results.push({
        name: `webhook deliveries to a partner that answers ${answerMs === 0 ? 'at once' : `in ${answerMs} ms`}`,
        measured: `${Math.round(deliverer)}/s (${(deliverer / bare).toFixed(2)} ×)`,
        reference: `bare signed POSTs ${Math.round(bare)}/s`,
        budget: isBudget ? `≥ ${budget} ×` : '',
        isWithin: isBudget ? deliverer >= budget * bare : undefined,
      });
    }
    return results;
  } finally {
    await kmsEndpoint.close();
    await tables.close();
  }
}

async function measure(answerMs: number, deliveries: number, environment: object): Promise<WebhookMeasurement> {
  const receiver = fork(resolve('bench/webhooks-receiver.ts'), [String(answerMs)]);
  try {
    const port = await message<number>(receiver);
    const child = fork(
      resolve('bench/webhooks-child.ts'),
      [resolve('dist/functions/platform-deliverer/index.mjs'), `http://127.0.0.1:${port}/hook`, String(deliveries)],
      { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], env: { ...process.env, ...environment } },
    );
    return await message<WebhookMeasurement>(child);
  } finally {
    receiver.kill();
  }
}

function message<T>(child: ChildProcess): Promise<T> {
  return new Promise((done, fail) => {
    child.once('message', (value) => done(value as T));
    child.once('exit', (code) => code && fail(new Error(`A process of the benchmark ended with ${code}.`)));
  });
}
