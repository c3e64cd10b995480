/**
 * What a million meter readings cost at AWS list prices, from the broker to the event bus. DynamoDB's units are counted
 * by the embedded engine while the real function works; messages, queue and bus are counted as AWS bills them.
 */

import { handler } from '../functions/metering/ingest/handler.ts';
import { CostMeter } from '../local/runtime/cost-meter.ts';
import { startTables } from '../test/support/tables.ts';
import { batchesOf, batchSize, createFleet, meterCount, stationCount } from './ingest-fleet.ts';
import type { BenchResult } from './result.ts';

const budgetUsd = 2;
const rounds = 6;
const readings = rounds * meterCount;
/** Lambda's poller receives and deletes ten messages a call. */
const messagesPerCall = 10;
const memoryGb = 0.5;

export async function run(): Promise<BenchResult[]> {
  const tables = await startTables(['metering', 'readings', 'scada', 'platform']);
  try {
    const fleet = await createFleet();
    tables.dynamodb.meter.reset();
    const durationsMs: number[] = [];
    for (let round = 0; round < rounds; round++) {
      for (const event of batchesOf(fleet, round + 3)) {
        const before = performance.now();
        const { batchItemFailures } = await handler(event);
        if (batchItemFailures.length > 0) throw new Error('Ingest gave messages back.');
        durationsMs.push(performance.now() - before);
      }
    }
    const events = tables.scan('metering').filter((item) => item['_type']?.S === 'outbox').length;
    const meter = new CostMeter();
    for (const { key, units } of tables.dynamodb.meter.bill().lines)
      if (key.includes('RequestUnit')) meter.count(key, units);
    meter.count('sqs.standardRequestPerMillion', readings * (1 + 2 / messagesPerCall));
    meter.count('iotCore.ruleTriggeredPerMillion', readings);
    meter.count('iotCore.ruleActionPerMillion', readings);
    meter.count('iotCore.basicIngestMessagePerMillion', readings);
    meter.count('lambda.requestPerMillion', readings / batchSize);
    const seconds = durationsMs.reduce((sum, ms) => sum + ms, 0) / 1000;
    meter.count('lambda.arm64GBSecond', seconds * memoryGb);
    meter.count('eventbridge.pipesRequestPerMillion64KB', events);
    meter.count('eventbridge.customEventPerMillion64KB', events);
    const { lines, pricesFrom, totalUsd } = meter.bill();
    const perMillion = (usd: number): string => ((usd / readings) * 1_000_000).toFixed(3);
    const total = Number(perMillion(totalUsd));
    return [
      {
        name: `a million readings, broker to bus: Basic Ingest, batches of ${batchSize} from ${stationCount} stations`,
        measured: `${total.toFixed(2)} USD`,
        reference: `list prices of ${pricesFrom}: ${lines.map(({ key, usd }) => `${key.split('.')[1]} ${perMillion(usd)}`).join(', ')}`,
        budget: `≤ ${budgetUsd.toFixed(2)} USD`,
        isWithin: total <= budgetUsd,
      },
    ];
  } finally {
    await tables.close();
  }
}
