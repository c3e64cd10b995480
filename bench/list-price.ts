/** What work behind a queue costs at AWS list prices: what was counted at the store, and the time Lambda would bill. */
import { CostMeter } from '../local/runtime/cost-meter.ts';
import type { BillingStore } from './billing-store.ts';

/** DynamoDB answers in single-digit milliseconds. */
export const networkMs = 5;
/** Lambda gives a whole core at so much memory. */
const wholeCoreMb = 1769;
/** A message is sent, received and deleted. */
const requestsPerMessage = 3;

/** What Lambda bills: what is not waiting takes longer on the share of a core that it gives. */
export const billedMs = ({ durationMs, cpuMs }: { durationMs: number; cpuMs: number }, memoryMb: number): number =>
  durationMs + cpuMs * (wholeCoreMb / memoryMb - 1);

export interface Price {
  totalUsd: number;
  /** E.g. `list prices of 2026-01-01: readRequestUnitPerMillion 0.0012, …`, for so many of what was made. */
  parts(perUnits: number): string;
  reads: number;
  writes: number;
  requests: number;
}

/** @param lambdaMs all of it */
export function priceOf(
  { dynamodb, counted }: BillingStore,
  { invocations, lambdaMs, memoryMb }: { invocations: number; lambdaMs: number; memoryMb: number },
): Price {
  const meter = new CostMeter();
  const { lines: measured } = dynamodb.meter.bill();
  const units = (name: string): number =>
    measured.reduce((sum, { key, units: count }) => sum + (key === `dynamodb.${name}` ? count : 0), 0);
  const [reads, writes] = [units('readRequestUnitPerMillion'), units('writeRequestUnitPerMillion')];
  meter.count('dynamodb.readRequestUnitPerMillion', reads);
  meter.count('dynamodb.writeRequestUnitPerMillion', writes);
  meter.count('lambda.requestPerMillion', invocations);
  meter.count('lambda.arm64GBSecond', (lambdaMs / 1000) * (memoryMb / 1024));
  meter.count('sqs.standardRequestPerMillion', invocations * requestsPerMessage);
  meter.count('eventbridge.pipesRequestPerMillion64KB', counted.events);
  meter.count('eventbridge.customEventPerMillion64KB', counted.events);
  const { lines, pricesFrom, totalUsd } = meter.bill();
  return {
    totalUsd,
    parts: (perUnits) =>
      `list prices of ${pricesFrom}: ${lines.map(({ key, usd }) => `${key.split('.')[1]} ${(usd * perUnits).toFixed(4)}`).join(', ')}`,
    reads,
    writes,
    requests: [...counted.calls.values()].reduce((sum, count) => sum + count, 0),
  };
}
