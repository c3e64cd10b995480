/** A worker that dies anywhere in a bank's file, and messages that come again or late: every line is taken once, and counted once. */
import { beforeAll, expect, it, vi } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { handler as customers } from '../customers/handler.ts';
import { handler as payments } from '../payments/handler.ts';
import { paymentEntity } from '../payments/payment-entity.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { useBankFiles } from '../test-support/buckets.ts';
import { crashingWorker } from '../test-support/crash-everywhere.ts';
import { oweInvoice } from '../test-support/owe-invoice.ts';
import { bankImportEntity } from './bank-entities.ts';
import { handler } from './handler.ts';
import { importPage } from './import-page.ts';
import { bankImportQueue } from './start-import.ts';

const worker = vi.hoisted(() => ({
  taken: 0,
  diesBefore: new Set<number>(),
  diesAfter: new Set<number>(),
  breaksWith: '',
}));
vi.mock('./take-line.ts', async (original) => {
  const real = await original<typeof import('./take-line.ts')>();
  return {
    ...real,
    takeLine: async (...of: Parameters<typeof real.takeLine>) => {
      const nth = ++worker.taken;
      if (worker.diesBefore.has(nth)) throw new Error('The function was stopped.');
      if (of[3].line.bankId === worker.breaksWith) throw new Error('Nobody expected this.');
      const line = await real.takeLine(...of);
      if (worker.diesAfter.has(nth)) throw new Error('The function was stopped.');
      return line;
    },
  };
});

/** Taking money back breaks half way. */
const reversal = vi.hoisted(() => ({ breaks: false }));
vi.mock('../payments/owe-again.ts', async (original) => {
  const real = await original<typeof import('../payments/owe-again.ts')>();
  return {
    ...real,
    oweManyAgain: async (...of: Parameters<typeof real.oweManyAgain>) => {
      await real.oweManyAgain(...of);
      if (reversal.breaks) throw new Error('The table was too busy.');
    },
  };
});

const stack = useBillingStack();
useBankFiles();
const base = '/api/billing/bank-imports';
const page = { pages: 1, pageSize: 20 };
const lines = 47;
let serial = 0;

async function newFile(): Promise<{ tenant: string; id: string; customerId: string }> {
  const tenant = `crash${++serial}`;
  await stack.addTenant(tenant);
  const add = async (name: string) =>
    (await stack.call(tenant, customers, 'POST', '/api/billing/customers', { body: { name } })).body.data;
  const { id: customerId, accountNumber } = await add('Ahmed Saleh');
  await oweInvoice(tenant, (await add('Salma Omar')).id, '77.00');
  const body = { name: 'Main', currency: 'YER', format: 'csv' };
  await stack.call(tenant, handler, 'PUT', `${base}/accounts/main`, { body });
  // Every tenth line is the customer's, every fifteenth is one that was there before, one pays another's invoice by name.
  const text = Array.from({ length: lines }, (_, i) => {
    if (i === 22) return '2026-06-10,77,I,,from Omar Salma';
    if (i % 10 === 0) return `2026-06-10,1,P${i},${accountNumber},`;
    return i % 15 === 1 && i > 15 ? '2026-06-10,2,S2,,nobody' : `2026-06-10,2,S${i},,nobody`;
  });
  const content = ['date,amount,id,reference,description', ...text].join('\n');
  const { id } = (await stack.call(tenant, handler, 'POST', base, { body: { bankAccount: 'main', content } })).body
    .data;
  return { tenant, id, customerId };
}

async function stateOf({ tenant, id, customerId }: { tenant: string; id: string; customerId: string }) {
  const { status, position, matched, suspense, duplicates } = await openSession(tenant).require(bankImportEntity, {
    id,
  });
  const count = (type: string) => stack.events(type).filter(({ tenantId }) => tenantId.S === tenant).length;
  const balance = await stack.call(tenant, customers, 'GET', `/api/billing/customers/${customerId}/balance`);
  return {
    import: { status, position, matched, suspense, duplicates },
    payments: count('payment.received'),
    suspended: count('bank_line.suspended'),
    account: balance.body.data,
  };
}

/** Delivers as SQS does: what was not acknowledged comes again. */
async function deliver(body: string, times: number): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const tries = await Promise.allSettled(Array.from({ length: times }, () => importPage(JSON.parse(body), page)));
    if (tries.every(({ status }) => status === 'fulfilled')) return;
  }
  throw new Error('It never went through.');
}

const readAll = (times = 1) => stack.workOff(bankImportQueue, (body) => deliver(body, times), { seconds: 300 });
let whole: Awaited<ReturnType<typeof stateOf>>;

beforeAll(async () => {
  const file = await newFile();
  await readAll();
  whole = await stateOf(file);
  expect(whole.import).toMatchObject({ status: 'completed', position: lines, matched: 6 });
  expect(whole.import.matched + whole.import.suspense + whole.import.duplicates).toBe(lines);
});

it.each<[string, number[], number[]]>([
  ['before the first, a middle and the last line of each page', [1, 11, 20, 33, 42, 60], []],
  ['after the first, a middle and the last line of each page', [], [1, 11, 20, 33, 42, 60]],
])('lines that fail %s', async (_, before, after) => {
  const file = await newFile();
  Object.assign(worker, { taken: 0, diesBefore: new Set(before), diesAfter: new Set(after) });
  await readAll();
  Object.assign(worker, { diesBefore: new Set(), diesAfter: new Set() });
  expect(await stateOf(file)).toEqual(whole);
});

it('a line that cannot be taken waits for a person, and holds nobody up', async () => {
  const file = await newFile();
  worker.breaksWith = 'P10';
  await readAll();
  worker.breaksWith = '';
  const { matched, suspense } = whole.import;
  expect((await stateOf(file)).import).toEqual({ ...whole.import, matched: matched - 1, suspense: suspense + 1 });
  const { body } = await stack.call(file.tenant, handler, 'GET', `${base}/suspense`, { query: { limit: '100' } });
  expect(body.data.filter(({ reason }: any) => reason !== 'owner_unknown')).toMatchObject([
    {
      bankId: 'P10',
      amount: '1.00',
      reason: 'not_taken',
      errorCode: 'internal',
      reasonText: { ar: expect.stringContaining('السجل') },
    },
  ]);
  // Whatever an error holds, such as an address or a key, is no reader's of a list.
  expect(JSON.stringify(stack.tables.scan('billing'))).not.toContain('Nobody expected this');
  const { data } = (await stack.call(file.tenant, handler, 'GET', `${base}/${file.id}`)).body;
  expect(data.failedAttempts).toBeUndefined();
  expect(stack.events('bank_line.suspended').filter(({ tenantId }) => tenantId.S === file.tenant)).toHaveLength(
    whole.suspended + 1,
  );
});

it('a payment that the bank took back, and that could not be, settles its invoices as before', async () => {
  const { tenant, customerId } = await newFile();
  await readAll();
  for (let i = 0; i < 20; i++) await oweInvoice(tenant, customerId, '10.00');
  const paid = { customerId, amount: '190', method: 'bank_transfer', externalReference: 'CHQ9' };
  const { id } = (await stack.call(tenant, payments, 'POST', '/api/billing/payments', { body: paid })).body.data;
  const before = await openSession(tenant).require(paymentEntity, { id });
  reversal.breaks = true;
  const content = 'date,amount,id,reference,description\n2026-06-11,-190,X9,CHQ9,';
  await stack.call(tenant, handler, 'POST', base, { body: { bankAccount: 'main', content } });
  await readAll();
  reversal.breaks = false;
  const { data } = (await stack.call(tenant, handler, 'GET', `${base}/suspense`, { query: { limit: '100' } })).body;
  expect(data.find(({ bankId }: any) => bankId === 'X9')).toMatchObject({ amount: '-190.00', status: 'suspense' });
  const { allocations, takingBack } = await openSession(tenant).require(paymentEntity, { id });
  expect([allocations, takingBack]).toEqual([before.allocations, undefined]);
});

it('messages that come twice at once', async () => {
  const file = await newFile();
  await readAll(2);
  expect(await stateOf(file)).toEqual(whole);
});

it('a message whose page was done and whose successor was lost hands on anew', async () => {
  const file = await newFile();
  const first = { tenantId: file.tenant, importId: file.id, position: 0 };
  await importPage(first, page);
  // All that was handed on is gone.
  await stack.workOff(bankImportQueue, async () => undefined);
  expect((await stateOf(file)).import).toMatchObject({ status: 'reading', position: 20 });
  await importPage(first, page);
  await readAll();
  expect(await stateOf(file)).toEqual(whole);
});

it('goes on where two read a page at once and the one who was first dies before handing on', async () => {
  const file = await newFile();
  const worker = crashingWorker(1);
  let isFirst = true;
  await stack.workOff(
    bankImportQueue,
    async (body) => {
      if (!isFirst) return deliver(body, 1);
      isFirst = false;
      worker.dieAt('send before');
      // One message, delivered twice: who came second has it acknowledged.
      const read = () => importPage(JSON.parse(body), page);
      const ends = (await Promise.allSettled([read(), read()])).map(({ status }) => status);
      expect(ends.sort()).toEqual(['fulfilled', 'rejected']);
    },
    { seconds: 300 },
  );
  worker.restore();
  expect(await stateOf(file)).toEqual(whole);
});
