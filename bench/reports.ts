/**
 * Reports over all customers: requests, units, time of Lambda and list price of each kind, over five and over a hundred
 * thousand customers with entries of a year and a half. The consumer of the queue works in its own process.
 */
import type { ReportOrder } from '../functions/billing/reports/report-schema.ts';
import { showReport } from '../functions/billing/reports/show-report.ts';
import { reportQueue, startReport } from '../functions/billing/reports/start-report.ts';
import type { TenantSession } from '../layers/kernel/data/session.ts';
import { type BillingStore, openBillingStore } from './billing-store.ts';
import { type QueueWork, workOff } from './consumer.ts';
import { growthOf } from './growth.ts';
import { billedMs, networkMs, type Price, priceOf } from './list-price.ts';
import { createAccounts, lastMonth } from './reports-base.ts';
import type { BenchResult } from './result.ts';

/** Of the function `count-customers`. */
const memoryMb = 512;
/** The dearest kind over 100,000 customers. */
const budgetUsd = 0.15;
/** Pages that are waited for as over a network: enough for a mean. */
const waitedPages = 24;

const ageing: ReportOrder = { kind: 'ageing', asOf: lastMonth.to };
const others: ReportOrder[] = (['collection_rate', 'billing_summary', 'collections'] as const).map((kind) => ({
  kind,
  ...lastMonth,
}));

interface Measured extends QueueWork, Price {
  kind: string;
  customers: number;
  /** What Lambda bills for all of it. */
  lambdaMs: number;
}

export async function run(): Promise<BenchResult[]> {
  const store = await openBillingStore(['billing', 'identity'], [reportQueue]);
  store.sharesAccounts = true;
  try {
    const small = createAccounts(store.dynamodb, 'bench-5000', 5000);
    const ofSmall = [await measure(store, small, 5000, ageing)];
    for (const order of others) ofSmall.push(await measure(store, small, 5000, order));
    const large = await measure(store, createAccounts(store.dynamodb, 'bench-100000', 100_000), 100_000, ageing);
    const growth = growthOf(
      'report: ageing, a customer',
      { size: 5000, work: ofSmall[0]! },
      { size: large.customers, work: large },
    );
    return [...ofSmall.map(shown), withinBudget(large), growth];
  } finally {
    await store.close();
  }
}

async function measure(
  store: BillingStore,
  session: TenantSession,
  customers: number,
  order: ReportOrder,
): Promise<Measured> {
  console.error(`  ${order.kind}, ${customers} customers`);
  const consumer = { queue: reportQueue, entry: 'functions/billing/reports/count-customers.ts' };
  await startReport(session, order);
  store.latencyMs = networkMs;
  const waited = await workOff(store, { ...consumer, atOnce: 1, invocations: waitedPages });
  store.latencyMs = 0;
  const { id } = await startReport(session, order);
  store.reset();
  const work = await workOff(store, { ...consumer, atOnce: 8 });
  const lambdaMs = (billedMs(waited, memoryMb) / waited.invocations) * work.invocations;
  const price = priceOf(store, { invocations: work.invocations, lambdaMs, memoryMb });
  const report = await showReport(session, id);
  if (report.status !== 'completed' || report.customers !== customers)
    throw new Error(`The report is ${report.status} over ${report.customers} customers.`);
  const measured = { kind: order.kind, customers, ...work, ...price, lambdaMs };
  console.error(`  ${shown(measured).measured}; ${shown(measured).reference}`);
  return measured;
}

function shown({ kind, customers, totalUsd, parts, requests, reads, writes, cpuMs, lambdaMs }: Measured): BenchResult {
  const each = (count: number, decimals = 2): string => (count / customers).toFixed(decimals);
  return {
    name: `report: ${kind} over ${customers.toLocaleString('en')} customers`,
    measured: `${totalUsd.toFixed(4)} USD, ${(lambdaMs / 1000).toFixed(0)} s of Lambda`,
    reference: `${parts(1)}; a customer ${each(requests)} requests, ${each(reads)} RRU, ${each(writes, 3)} WRU, ${each(cpuMs)} ms CPU`,
    budget: '',
    isWithin: undefined,
  };
}

const withinBudget = (large: Measured): BenchResult => ({
  ...shown(large),
  budget: `≤ ${budgetUsd} USD`,
  isWithin: large.totalUsd <= budgetUsd,
});
