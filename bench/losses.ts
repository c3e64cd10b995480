/**
 * A loss report of a month over a feeder with its transformers: requests, units, time of Lambda and list price, over one and over
 * ten thousand meters with hourly readings and half a year of bills.
 */
import { showLossReport } from '../functions/billing/losses/show-loss-report.ts';
import { lossReportQueue, startLossReport } from '../functions/billing/losses/start-loss-report.ts';
import { billingQueue } from '../functions/billing/runs/start-run.ts';
import type { TenantSession } from '../layers/kernel/data/session.ts';
import { april, createBase } from './billing-base.ts';
import { measureRun } from './billing-run.ts';
import { type BillingStore, openBillingStore } from './billing-store.ts';
import { type QueueWork, workOff } from './consumer.ts';
import { growthOf } from './growth.ts';
import { billedMs, networkMs, type Price, priceOf } from './list-price.ts';
import { addBilledCustomers, billedCustomers, createAreas } from './losses-base.ts';
import type { BenchResult } from './result.ts';

/** Of the function `work-on-loss-reports`. */
const memoryMb = 1024;
/** Over 10,000 meters. */
const budgetUsd = 0.1;
/** Pages that are waited for as over a network, after the message that looks the meters up. */
const waitedPages = 8;

interface Measured extends QueueWork, Price {
  meters: number;
  lambdaMs: number;
  /** Of looking the meters up, which one function does at a stretch. */
  planMs: number;
}

export async function run(): Promise<BenchResult[]> {
  const tables = ['billing', 'identity', 'metering', 'readings', 'scada', 'telemetry'];
  const store = await openBillingStore(tables, [billingQueue, lossReportQueue]);
  try {
    const small = await over(store, 1000);
    const large = await over(store, 10_000);
    return [
      { ...shown(small), budget: '', isWithin: undefined },
      { ...shown(large), budget: `≤ ${budgetUsd} USD`, isWithin: large.totalUsd <= budgetUsd },
      growthOf('losses: a meter', { size: small.meters, work: small }, { size: large.meters, work: large }),
    ];
  } finally {
    await store.close();
  }
}

async function over(store: BillingStore, meters: number): Promise<Measured> {
  console.error(`  ${meters} meters: bills`);
  const session = createBase(store.dynamodb, `losses-${meters}`, billedCustomers, 'blocks');
  await measureRun(store, session, { atOnce: 8 });
  await addBilledCustomers(store.dynamodb, session, meters);
  createAreas(store.dynamodb, session, meters);
  console.error(`  ${meters} meters: losses`);
  return measure(store, session, meters);
}

async function measure(store: BillingStore, session: TenantSession, meters: number): Promise<Measured> {
  const consumer = { queue: lossReportQueue, entry: 'functions/billing/losses/work-on-loss-reports.ts' };
  await startLossReport(session, april);
  store.latencyMs = networkMs;
  const plan = await workOff(store, { ...consumer, atOnce: 1, invocations: 1, keepsRest: true });
  const pages = await workOff(store, { ...consumer, atOnce: 1, invocations: waitedPages });
  store.latencyMs = 0;
  const { id } = await startLossReport(session, april);
  store.reset();
  const work = await workOff(store, { ...consumer, atOnce: 8 });
  const planMs = billedMs(plan, memoryMb);
  const lambdaMs = planMs + (billedMs(pages, memoryMb) / pages.invocations) * (work.invocations - 1);
  const price = priceOf(store, { invocations: work.invocations, lambdaMs, memoryMb });
  const report = await showLossReport(session, id);
  if (!('result' in report) || report.result.some(({ quality }) => quality.unreadMeters > 0))
    throw new Error(`The report is ${report.status}, or lacks readings.`);
  const measured = { meters, ...work, ...price, lambdaMs, planMs };
  console.error(`  ${shown(measured).measured}; ${shown(measured).reference}`);
  return measured;
}

function shown(measured: Measured): Pick<BenchResult, 'name' | 'measured' | 'reference'> {
  const { meters, totalUsd, parts, requests, reads, writes, cpuMs, lambdaMs, planMs } = measured;
  const each = (count: number): string => (count / meters).toFixed(2);
  return {
    name: `losses: a month of ${meters.toLocaleString('en')} meters with hourly readings`,
    measured: `${totalUsd.toFixed(4)} USD, ${(lambdaMs / 1000).toFixed(0)} s of Lambda`,
    reference: `${parts(1)}; a meter ${each(requests)} requests, ${each(reads)} RRU, ${each(writes)} WRU, ${each(cpuMs)} ms CPU; meters looked up in ${planMs.toFixed(0)} ms`,
  };
}
