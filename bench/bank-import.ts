/**
 * The file of a bank: lines a second, memory, and what a line asks of DynamoDB. The file comes by a signed upload, is read by the
 * consumer of the queue in a process of its own, and every line is a payment or waits in suspense. Of the largest usual file a
 * part is read, since each line costs the same; the memory is that of the whole file. `npm run bench -- bank-import --lines 50000`
 * reads all of it.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { resolve } from 'node:path';
import { bankAccountEntity, bankImportEntity } from '../functions/billing/bank-imports/bank-entities.ts';
import { usualPageSize } from '../functions/billing/bank-imports/import-page.ts';
import {
  bankFileBucket,
  bankImportQueue,
  newImport,
  startImport,
} from '../functions/billing/bank-imports/start-import.ts';
import { environmentName } from '../layers/kernel/config/resource-names.ts';
import { openSession } from '../layers/kernel/data/session.ts';
import { createS3Service } from '../local/services/s3/index.ts';
import { serveForTest } from '../local/services/test-support/aws-server.ts';
import { createFakeContext, createResource } from '../local/services/test-support/fake-context.ts';
import { bankFile, createPayers } from './bank-import-base.ts';
import type { Read } from './bank-import-child.ts';
import { type BillingStore, openBillingStore } from './billing-store.ts';
import type { BenchOptions, BenchResult } from './result.ts';

const usualLines = 50_000;
const sampleLines = 2000;
/** Of the function `read-bank-files`. */
const memoryMb = 1024;
/** Requests for a line: its customer’s invoices and advance, and one transaction; the rest is asked for a page at once. */
const requestBudget = 5;

export interface ImportMeasurement {
  /** Lines that were read; all of the file unless it was stopped. */
  lines: number;
  seconds: number;
  cpuMs: number;
  peakMb: number;
  invocations: number;
  /** Requests and units of DynamoDB. */
  requests: number;
  reads: number;
  writes: number;
  counts: Record<'matched' | 'suspense' | 'duplicates', number>;
}

/** @param options `lines`: how many of the file are read, in whole pages. @default 2,000 */
export async function run({ lines: wanted = sampleLines }: BenchOptions = {}): Promise<BenchResult[]> {
  const pages = wanted < usualLines ? Math.ceil(wanted / usualPageSize) : undefined;
  const measured = await measureImport(Math.max(wanted, usualLines), pages);
  const { lines, seconds, cpuMs, peakMb, invocations, requests, reads, writes, counts } = measured;
  const { matched, suspense, duplicates } = counts;
  if (matched + suspense !== lines || duplicates > 0)
    throw new Error(`Of ${lines} lines ${matched} were matched, ${suspense} wait and ${duplicates} were there before.`);
  const each = (count: number): string => (count / lines).toFixed(1);
  return [
    {
      name: `bank file of ${Math.max(wanted, usualLines).toLocaleString('en')} lines, memory of the function`,
      measured: `${peakMb.toFixed(0)} MB`,
      reference: `${(lines / seconds).toFixed(0)} lines/s, ${(cpuMs / lines).toFixed(1)} ms CPU each, of ${lines} lines by ${invocations} messages`,
      budget: `≤ ${memoryMb * 0.75} MB`,
      isWithin: peakMb <= memoryMb * 0.75,
    },
    {
      name: 'bank file: requests to DynamoDB for a line',
      measured: each(requests),
      reference: `${each(reads)} RRU, ${each(writes)} WRU`,
      budget: `≤ ${requestBudget}`,
      isWithin: requests / lines <= requestBudget,
    },
  ];
}

/** @param pages only so many of the file, by one message */
async function measureImport(fileLines: number, pages?: number): Promise<ImportMeasurement> {
  const store = await openBillingStore(['billing', 'identity']);
  const s3 = createS3Service(createFakeContext({ startTime: Date.now() }));
  const files = await serveForTest(s3);
  try {
    await prepare(store, s3, files.url);
    const session = openSession('bench-bank');
    createPayers(store.dynamodb, session);
    await session.transact('billing', (unit) =>
      unit.create(bankAccountEntity, { code: 'main', name: 'Main', currency: 'YER', format: 'csv' }),
    );
    const id = await upload(session, bankFile(fileLines));
    store.reset();
    const read = await workOff(store, pages);
    const { lines: measured } = store.dynamodb.meter.bill();
    const units = (name: string): number => measured.find(({ key }) => key === `dynamodb.${name}`)?.units ?? 0;
    const { position, matched, suspense, duplicates } = await session.require(bankImportEntity, { id });
    return {
      ...read,
      lines: position,
      requests: [...store.counted.calls.values()].reduce((sum, count) => sum + count, 0),
      reads: units('readRequestUnitPerMillion'),
      writes: units('writeRequestUnitPerMillion'),
      counts: { matched, suspense, duplicates },
    };
  } finally {
    await Promise.all([files.close(), store.close()]);
  }
}

async function prepare(store: BillingStore, s3: ReturnType<typeof createS3Service>, s3Url: string): Promise<void> {
  const queue = await createResource(store.sqs, 'AWS::SQS::Queue', bankImportQueue, {
    QueueName: bankImportQueue,
    VisibilityTimeout: 43_200,
  });
  const bucket = await createResource(s3, 'AWS::S3::Bucket', bankFileBucket, { BucketName: bankFileBucket });
  const environment = {
    [environmentName.queueUrl(bankImportQueue)]:
      store.environment['AWS_ENDPOINT_URL_SQS'] + new URL(queue.ref).pathname,
    [environmentName.bucket(bankFileBucket)]: bucket.ref,
    AWS_ENDPOINT_URL_S3: s3Url,
    // Without it the bucket would be a host of its own.
    AWS_ENDPOINT_URL: s3Url,
  };
  Object.assign(store.environment, environment);
  Object.assign(process.env, environment);
}

async function upload(session: ReturnType<typeof openSession>, content: string): Promise<string> {
  const sizeBytes = Buffer.byteLength(content);
  const { id, upload: to } = await newImport(session, { bankAccount: 'main', sizeBytes });
  const { 'content-length': _, ...headers } = to!.headers;
  const { status } = await fetch(to!.url, { method: 'PUT', headers, body: content });
  if (status !== 200) throw new Error(`The file was refused with ${status}.`);
  await startImport(session, id);
  return id;
}

async function workOff(
  store: BillingStore,
  pages: number | undefined,
): Promise<Pick<ImportMeasurement, 'seconds' | 'cpuMs' | 'peakMb' | 'invocations'>> {
  const child: ChildProcess = fork(resolve('bench/bank-import-child.ts'), {
    env: { ...process.env, ...store.environment },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const answer = (): Promise<Read> =>
    new Promise((done, fail) => {
      child.once('message', (read) => done(read as Read));
      child.once('exit', (code) => fail(new Error(`The measured process ended with ${code}.`)));
    });
  try {
    const before = await answer();
    const queue = store.sqs.queue(bankImportQueue);
    const startedMs = performance.now();
    let [last, invocations] = [before, 0];
    for (let [message] = queue.receive(1); message !== undefined; [message] = queue.receive(1)) {
      const read = answer();
      child.send({ body: message.body, pages });
      last = await read;
      invocations++;
      queue.delete([message.receiptHandle!]);
      if (pages !== undefined) break;
    }
    const seconds = (performance.now() - startedMs) / 1000;
    return { seconds, cpuMs: (last.cpuUs - before.cpuUs) / 1000, peakMb: last.peakMb, invocations };
  } finally {
    child.kill();
  }
}
