/**
 * Billing: invoices a second, what 1,000 of them cost at AWS list prices, and how both grow with the base. The consumer of
 * the queue works in its own process against the embedded DynamoDB; requests and units are counted there. For the price
 * every answer of the store is late by what a network adds, so that waiting is paid for as Lambda bills it.
 */
import { type BaseTariff, createBase } from './billing-base.ts';
import { type BillingMeasurement, measureRun } from './billing-run.ts';
import { type BillingStore, openBillingStore } from './billing-store.ts';
import { billedMs, networkMs, priceOf } from './list-price.ts';
import type { BenchResult } from './result.ts';

const budgetUsd = 0.03;
const growthBudget = 1.1;
/** Of the function `bill-customers`. */
const memoryMb = 1024;
/** Invoices of the largest base that are made: enough for a mean. */
const sample = 5000;

interface Priced extends BillingMeasurement {
  perThousandUsd: number;
  parts: string;
  reads: number;
  writes: number;
}

export async function run(): Promise<BenchResult[]> {
  const store = await openBillingStore(['billing', 'identity', 'metering', 'readings']);
  try {
    return report(
      await over(store, 1000),
      await over(store, 10_000),
      await over(store, 100_000, sample),
      await over(store, 1000, undefined, 'hours'),
    );
  } finally {
    await store.close();
  }
}

function report(small: Priced, middle: Priced, large: Priced, hours: Priced): BenchResult[] {
  const growth = large.perThousandUsd / small.perThousandUsd;
  return [
    {
      name: 'billing: a run over 10,000 customers with hourly readings of a month',
      measured: `${rate(middle)} invoices/s, ${cpu(middle)} CPU each`,
      reference: `1,000 customers ${rate(small)}/s, ${cpu(small)}; part of 100,000 ${rate(large)}/s, ${cpu(large)}; 1,000 priced by the hour ${rate(hours)}/s, ${cpu(hours)}`,
      budget: '',
      isWithin: undefined,
    },
    {
      name: 'billing: 1,000 invoices of 10,000, queue to bus',
      measured: `${middle.perThousandUsd.toFixed(4)} USD`,
      reference: `${middle.parts}; ${middle.reads.toFixed(1)} RRU, ${middle.writes.toFixed(1)} WRU an invoice`,
      budget: `≤ ${budgetUsd} USD`,
      isWithin: middle.perThousandUsd <= budgetUsd,
    },
    {
      name: 'billing: 1,000 invoices of 100,000 against 1,000 of 1,000',
      measured: `${large.perThousandUsd.toFixed(4)} USD (${growth.toFixed(2)} ×)`,
      reference: `${small.perThousandUsd.toFixed(4)} USD`,
      budget: `≤ ${growthBudget} ×`,
      isWithin: growth <= growthBudget,
    },
  ];
}

const rate = ({ invoices, seconds }: BillingMeasurement): string => (invoices / seconds).toFixed(0);
const cpu = ({ invoices, cpuMs }: BillingMeasurement): string => `${(cpuMs / invoices).toFixed(1)} ms`;

/** @param part so many invoices of the base, by whole pages of all its parts */
async function over(
  store: BillingStore,
  customers: number,
  part?: number,
  tariff: BaseTariff = 'blocks',
): Promise<Priced> {
  console.error(`  ${customers} customers, ${tariff}`);
  const session = createBase(store.dynamodb, `bench-${customers}-${tariff}`, customers, tariff);
  const all = await measureRun(store, session, {
    atOnce: 8,
    ...(part === undefined ? {} : { invocations: Math.ceil(part / 25) }),
  });
  return priced(store, all, await waited(store, customers, tariff));
}

/** What Lambda bills for an invoice, milliseconds: a few pages one after the other, with answers as late as over a network. */
async function waited(store: BillingStore, customers: number, tariff: BaseTariff): Promise<number> {
  const kept = store.keepCounts();
  const session = createBase(store.dynamodb, `wait-${customers}-${tariff}`, 500, tariff);
  store.latencyMs = networkMs;
  const run = await measureRun(store, session, { atOnce: 1 });
  store.latencyMs = 0;
  kept.restore();
  return billedMs(run, memoryMb) / run.invoices;
}

function priced(store: BillingStore, all: BillingMeasurement, lambdaMs: number): Priced {
  const { invoices, invocations } = all;
  const { totalUsd, parts, reads, writes } = priceOf(store, { invocations, lambdaMs: invoices * lambdaMs, memoryMb });
  return {
    ...all,
    perThousandUsd: (totalUsd / invoices) * 1000,
    parts: `${parts(1000 / invoices)}; ${lambdaMs.toFixed(0)} ms of Lambda`,
    reads: reads / invoices,
    writes: writes / invoices,
  };
}
