/**
 * What a million meter readings cost at AWS list prices, from the broker to the event bus. DynamoDB's units are counted
 * by the embedded engine while the real function works; messages, queue and bus are counted as AWS bills them.
 */

import { handler } from '../functions/metering/ingest/handler.ts';
import { CostMeter } from '../local/runtime/cost-meter.ts';
import { startTables, type TestTables } from '../test/support/tables.ts';
import { batchesOf, batchSize, createFleet, meterCount, usualStations } from './ingest-fleet.ts';
import type { BenchResult } from './result.ts';

const budgetUsd = 2;
const rounds = 6;
const readings = rounds * meterCount;
/** Lambda's poller receives and deletes ten messages a call. */
const messagesPerCall = 10;
const memoryGb = 0.5;

export async function run(): Promise<BenchResult[]> {
  // The same with stations so small that a batch holds one reading of each: the shape of the fleet must not matter.
  const tables = await startTables(['metering', 'readings', 'scada', 'platform']);
  try {
    return [await priceOf(tables, usualStations, budgetUsd), await priceOf(tables, 1000, budgetUsd)];
  } finally {
    await tables.close();
  }
}

async function priceOf(tables: TestTables, stations: number, budget: number | undefined): Promise<BenchResult> {
  const { lines, pricesFrom, totalUsd } = (await meterFleet(tables, stations)).bill();
  const perMillion = (usd: number): string => ((usd / readings) * 1_000_000).toFixed(3);
  const total = Number(perMillion(totalUsd));
  return {
    name: `a million readings, broker to bus: Basic Ingest, batches of ${batchSize} from ${stations} stations`,
    measured: `${total.toFixed(2)} USD`,
    reference: `list prices of ${pricesFrom}: ${lines.map(({ key, usd }) => `${key.split('.')[1]} ${perMillion(usd)}`).join(', ')}`,
    budget: budget === undefined ? '' : `≤ ${budget.toFixed(2)} USD`,
    isWithin: budget === undefined ? undefined : total <= budget,
  };
}

async function meterFleet(tables: TestTables, stations: number): Promise<CostMeter> {
  const fleet = await createFleet(stations);
  const eventsBefore = countEvents(tables);
  tables.dynamodb.meter.reset();
  let durationMs = 0;
  for (let round = 0; round < rounds; round++) {
    for (const event of batchesOf(fleet, round + 3)) {
      const before = performance.now();
      const { batchItemFailures } = await handler(event);
      if (batchItemFailures.length > 0) throw new Error('Ingest gave messages back.');
      durationMs += performance.now() - before;
    }
  }
  const meter = new CostMeter();
  for (const { key, units } of tables.dynamodb.meter.bill().lines)
    if (key.includes('RequestUnit')) meter.count(key, units);
  meter.count('sqs.standardRequestPerMillion', readings * (1 + 2 / messagesPerCall));
  meter.count('iotCore.ruleTriggeredPerMillion', readings);
  meter.count('iotCore.ruleActionPerMillion', readings);
  meter.count('iotCore.basicIngestMessagePerMillion', readings);
  meter.count('lambda.requestPerMillion', readings / batchSize);
  meter.count('lambda.arm64GBSecond', (durationMs / 1000) * memoryGb);
  const events = countEvents(tables) - eventsBefore;
  meter.count('eventbridge.pipesRequestPerMillion64KB', events);
  meter.count('eventbridge.customEventPerMillion64KB', events);
  return meter;
}

/** Each is far below the 64 KB that are billed as one. */
function countEvents({ dynamodb }: TestTables): number {
  let count = 0;
  let ExclusiveStartKey: object | undefined;
  do {
    const page = dynamodb.call('Scan', {
      TableName: 'metering',
      FilterExpression: '#type = :outbox',
      ExpressionAttributeNames: { '#type': '_type' },
      ExpressionAttributeValues: { ':outbox': { S: 'outbox' } },
      Select: 'COUNT',
      ...(ExclusiveStartKey ? { ExclusiveStartKey } : {}),
    });
    count += page.Count;
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return count;
}
