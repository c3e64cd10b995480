/**
 * The ledger: reading a balance and a page of transactions of an account with 10,000 and with 1,000,000 lines, in turn in
 * one process on the embedded DynamoDB; and postings a second. The lines are put into the store directly, the way posting
 * leaves them: a line each, and totals by month and day.
 */
import { tenantEntity } from '../functions/identity/tenants/tenant-entity.ts';
import { getBalance } from '../functions/ledger/accounts/get-balance.ts';
import { listTransactions } from '../functions/ledger/accounts/list-transactions.ts';
import { loadStandardChart } from '../functions/ledger/accounts/load-standard-chart.ts';
import { accountLineEntity } from '../functions/ledger/journal-entries/entry-entity.ts';
import { postEntry } from '../functions/ledger/journal-entries/post-entries.ts';
import { totalsEntity, totalsShards } from '../functions/ledger/journal-entries/totals-entity.ts';
import { ruleOperations } from '../functions/ledger/posting-rules/operations.ts';
import { postBatch } from '../functions/ledger/subscribers/post-batch.ts';
import { environmentName } from '../layers/kernel/config/resource-names.ts';
import type { Entity } from '../layers/kernel/data/entity.ts';
import { openSession, type TenantSession } from '../layers/kernel/data/session.ts';
import { storageKeys } from '../layers/kernel/data/storage-keys.ts';
import type { EventEnvelope } from '../layers/kernel/events/envelope.ts';
import { newId } from '../layers/kernel/ids.ts';
import type { Line } from '../layers/ledger/prepare-lines.ts';
import { additionsOf, mergeAdditions, type TotalsAddition } from '../layers/ledger/totals.ts';
import { type TestService, testService } from '../local/services/dynamodb/test-service.ts';
import { serveForTest } from '../local/services/test-support/aws-server.ts';
import { type BenchResult, median } from './result.ts';

const [fewLines, manyLines] = [10_000, 1_000_000];
const accountId = '1131';
const budget = 1.5;
const rounds = 40;

export async function run(): Promise<BenchResult[]> {
  const dynamodb = startStore();
  const endpoint = await serveForTest(dynamodb.service);
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: endpoint.url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    POWERTOOLS_LOG_LEVEL: 'ERROR',
  });
  try {
    const small = await makeBooks('bench-few');
    const large = await makeBooks('bench-many');
    seedLines(dynamodb, small, fewLines);
    seedLines(dynamodb, large, manyLines);
    return [...(await compareReads(small, large)), ...(await countPostings())];
  } finally {
    await endpoint.close();
  }
}

/** Tables without a stream: a million records of it are not what is measured. */
function startStore(): TestService {
  const dynamodb = testService();
  const attributes = ['pk', 'sk', 'gsi1pk', 'gsi1sk', 'gsi2pk', 'gsi2sk'];
  for (const table of ['ledger', 'identity']) {
    dynamodb.call('CreateTable', {
      TableName: table,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: keySchema(''),
      AttributeDefinitions: attributes.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      GlobalSecondaryIndexes: ['gsi1', 'gsi2'].map((IndexName) => ({
        IndexName,
        KeySchema: keySchema(IndexName),
        Projection: { ProjectionType: 'ALL' },
      })),
    });
    process.env[environmentName.table(table)] = table;
  }
  return dynamodb;
}

const keySchema = (prefix: string) => [
  { AttributeName: `${prefix}pk`, KeyType: 'HASH' },
  { AttributeName: `${prefix}sk`, KeyType: 'RANGE' },
];

async function makeBooks(id: string): Promise<TenantSession> {
  const session = openSession(id);
  await session.transact('identity', (unit) =>
    unit.create(tenantEntity, {
      id,
      name: id,
      timeZone: 'Asia/Aden',
      currency: 'YER',
      locale: 'ar',
      status: 'active',
    }),
  );
  await loadStandardChart(session);
  await ruleOperations.loadStandardRules({ session } as never);
  return session;
}

/** Two years of lines, evenly spread. */
function seedLines(dynamodb: TestService, session: TenantSession, count: number): void {
  let items: Record<string, unknown>[] = [];
  let additions: TotalsAddition[] = [];
  const totals: TotalsAddition[] = [];
  const flush = (): void => {
    for (let start = 0; start < items.length; start += 25)
      dynamodb.call('BatchWriteItem', {
        RequestItems: { ledger: items.slice(start, start + 25).map((Item) => ({ PutRequest: { Item } })) },
      });
    items = [];
    totals.push(...mergeAdditions(additions));
    additions = [];
  };
  const start = Date.UTC(2024, 0, 1);
  for (let i = 0; i < count; i++) {
    const date = new Date(start + Math.floor((i * 731) / count) * 86_400_000).toISOString().slice(0, 10);
    const entryId = `jrn_${String(i).padStart(26, '0')}`;
    const side = i % 3 === 2 ? 'credit' : 'debit';
    const amount = `${(i % 900) + 1}.25`;
    const line: Line = { accountId, currency: 'YER', side, amount, baseAmount: amount };
    const reference = `SAL-${date.slice(0, 7)}-${i}`;
    const row = { ...line, date, entryId, line: 1, journal: 'sales', reference, description: 'Invoice' };
    items.push(stored(session, accountLineEntity, row));
    additions.push(...additionsOf(date, 'normal', [line], 'YER'));
    if (items.length === 10_000) flush();
  }
  flush();
  // The shards share a month's lines; here each gets an equal number of whole totals.
  const rows = new Map<string, TotalsAddition[]>();
  totals.forEach((addition, i) => {
    const key = `${addition.month} ${i % totalsShards}`;
    rows.set(key, [...(rows.get(key) ?? []), addition]);
  });
  for (const [key, own] of rows) {
    const [{ numbers, ...row }] = mergeAdditions(own) as [TotalsAddition];
    items.push(stored(session, totalsEntity, { ...row, shard: Number(key.at(-1)), ...numbers }));
  }
  flush();
}

/** Attributes as the store keeps them; the rows hold texts and numbers alone. */
function stored(session: TenantSession, entity: Entity, row: object): Record<string, unknown> {
  const item = { ...storageKeys(session.context.scope, entity, row).key, _type: entity.name, ...row };
  return Object.fromEntries(
    Object.entries(item).map(([name, value]) => [
      name,
      typeof value === 'string' ? { S: value } : { N: String(value) },
    ]),
  );
}

async function compareReads(small: TenantSession, large: TenantSession): Promise<BenchResult[]> {
  const span = { from: '2025-06-15', date: '2025-12-15' };
  const page = { from: '2025-06-15', to: '2025-12-15', order: 'asc', limit: 50 } as const;
  const reads: [name: string, read: (session: TenantSession) => Promise<unknown>][] = [
    ['balance of an account at any date', (session) => getBalance(session, accountId, span)],
    ['a page of 50 transactions with balances', (session) => listTransactions(session, accountId, page)],
  ];
  const results: BenchResult[] = [];
  for (const [name, read] of reads) {
    const times: [number[], number[]] = [[], []];
    for (let round = -5; round < rounds; round++)
      for (const [which, session] of [small, large].entries()) {
        const startedMs = performance.now();
        await read(session);
        if (round >= 0) times[which]!.push(performance.now() - startedMs);
      }
    const [few, many] = times.map(median) as [number, number];
    results.push({
      name: `ledger: ${name}, 1,000,000 lines`,
      measured: `${many.toFixed(1)} ms (${(many / few).toFixed(2)} ×)`,
      reference: `10,000 lines ${few.toFixed(1)} ms`,
      budget: `≤ ${budget} ×`,
      isWithin: many <= budget * few,
    });
  }
  return results;
}

async function countPostings(): Promise<BenchResult[]> {
  const session = await makeBooks('bench-postings');
  const one = () =>
    postEntry(session, {
      id: newId('jrn'),
      journal: 'general',
      date: '2026-03-15',
      description: 'Invoice',
      lines: [
        { accountId, side: 'debit', amount: '115' },
        { accountId: '4110', side: 'credit', amount: '100' },
        { accountId: '2131', side: 'credit', amount: '15' },
      ],
      source: { type: 'manual' },
    });
  const rate = async (count: number, work: () => Promise<unknown>): Promise<number> => {
    const startedMs = performance.now();
    await work();
    return (count / (performance.now() - startedMs)) * 1000;
  };
  await one();
  const alone = await rate(100, async () => {
    for (let i = 0; i < 100; i++) await one();
  });
  const together = await rate(100, () =>
    Promise.all(
      Array.from({ length: 4 }, async () => {
        for (let i = 0; i < 25; i++) await one();
      }),
    ),
  );
  const events = Array.from({ length: 500 }, (_, i) => invoiceEvent(session.tenantId, i));
  const batched = await rate(events.length, async () => {
    for (let start = 0; start < events.length; start += 100) {
      const again = await postBatch(session, events.slice(start, start + 100));
      if (again.size > 0) throw new Error('Events of the benchmark were not posted.');
    }
  });
  return [
    {
      name: 'ledger: entries posted from events, batches of 100, one journal',
      measured: `${Math.round(batched)}/s`,
      reference: `one by one ${Math.round(alone)}/s, 4 writers on one journal ${Math.round(together)}/s`,
      budget: '',
      isWithin: undefined,
    },
  ];
}

const invoiceEvent = (tenantId: string, number: number): EventEnvelope => ({
  id: newId('evt'),
  type: 'invoice.created',
  source: 'billing',
  tenantId,
  aggregateType: 'invoice',
  aggregateId: String(number),
  correlationId: '',
  causationId: '',
  occurredAt: '2026-03-15T10:00:00.000Z',
  schemaVersion: 1,
  payload: { totalAmount: '115', taxAmount: '15', invoiceNumber: String(number), customerId: `c-${number}` },
  metadata: {},
});
