/**
 * Prints what a fleet of meters costs a month at list prices, as the table in `docs/deploy.md`. A model with its
 * assumptions in the open; the local runtime's cost meter measures what a workload really uses.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const prices = JSON.parse(readFileSync(join(import.meta.dirname, '../local/prices.json'), 'utf8'));

/** Not metered by workload, so not in the shared price list. us-east-1, USD a month. */
const perMonth = { alarm: 0.1, dashboard: 3, pointInTimeRecoveryPerGB: 0.2 };

/** What the design fixes, and what is assumed about a utility. */
const assumptions = {
  readingsPerMeterAndDay: 96,
  daysPerMonth: 30,
  /** A stored reading with its keys, and DynamoDB's 100 bytes of overhead. */
  storedBytes: 300,
  /** Readings carried by one event: those of one station in one batch. */
  readingsPerEvent: 50,
  bytesPerReadingInEvent: 120,
  /** Messages per Lambda call when messages come steadily. */
  readingsPerInvocation: 100,
  gigabyteSecondsPerInvocation: 0.1,
  logBytesPerInvocation: 500,
  /** As many as the product has today, and a few more. */
  alarms: 40,
  queues: 12,
  subscribersOfReadings: 3,
  /** Lambda keeps five long polls of 20 s open on a queue, empty or not. */
  pollsPerQueueAndMinute: 15,
} as const;

const million = 1e6;
const kilobyte = 1024;
const gigabyte = 1024 ** 3;

export interface CostLine {
  item: string;
  usd: number;
}

/** Monthly cost by line, for meters that each send their own messages by Basic Ingest. */
export function estimateCosts(meters: number): CostLine[] {
  const a = assumptions;
  const readings = (meters * a.readingsPerMeterAndDay * a.daysPerMonth) / million;
  const invocations = readings / a.readingsPerInvocation;
  const events = readings / a.readingsPerEvent;
  const eventKB = (a.readingsPerEvent * a.bytesPerReadingInEvent) / kilobyte + 1;
  const storedGB = (readings * million * a.storedBytes) / gigabyte;
  const logGB = (invocations * million * a.logBytesPerInvocation) / gigabyte;
  return [
    {
      item: 'IoT Core: rule and action per message (Basic Ingest: no message price)',
      usd: readings * (prices.iotCore.ruleTriggeredPerMillion + prices.iotCore.ruleActionPerMillion),
    },
    {
      item: 'SQS: one send per message, receive and delete by tens',
      usd: readings * 1.2 * prices.sqs.standardRequestPerMillion,
    },
    {
      item: 'Lambda: ingest',
      usd:
        invocations * prices.lambda.requestPerMillion +
        invocations * million * a.gigabyteSecondsPerInvocation * prices.lambda.arm64GBSecond,
    },
    { item: 'DynamoDB: one write per reading', usd: readings * prices.dynamodb.writeRequestUnitPerMillion },
    { item: 'DynamoDB: half a read per reading', usd: readings * 0.5 * prices.dynamodb.readRequestUnitPerMillion },
    {
      item: 'Events: outbox write, pipe, bus, queues and calls of three subscribers',
      usd:
        events *
        (Math.ceil(eventKB) * prices.dynamodb.writeRequestUnitPerMillion +
          prices.eventbridge.pipesRequestPerMillion64KB +
          prices.eventbridge.customEventPerMillion64KB +
          a.subscribersOfReadings *
            (1.2 * prices.sqs.standardRequestPerMillion + prices.lambda.requestPerMillion / 10)),
    },
    { item: 'Logs', usd: logGB * prices.cloudwatch.logIngestGB },
    {
      item: 'Storage and restore to any second, per month of readings kept',
      usd: storedGB * (prices.dynamodb.storageGBMonth + perMonth.pointInTimeRecoveryPerGB),
    },
    {
      item: 'Fixed: two keys, alarms, dashboard, polling of idle queues',
      usd:
        2 * prices.kms.keyMonth +
        a.alarms * perMonth.alarm +
        perMonth.dashboard +
        ((a.queues * a.pollsPerQueueAndMinute * 60 * 24 * a.daysPerMonth) / million) *
          prices.sqs.standardRequestPerMillion,
    },
  ];
}

/** Connection minutes of devices that stay connected all month. */
export function connectionCost(connections: number): number {
  const minutes = (connections * 60 * 24 * assumptions.daysPerMonth) / million;
  return minutes * prices.iotCore.connectionMinutePerMillion;
}

const fleets = [1_000, 100_000, 1_000_000];
const metersPerConcentrator = 200;

/** The table in Markdown. */
export function costTable(): string {
  const columns = fleets.map(estimateCosts);
  const row = (item: string, values: number[]): string => `| ${item} | ${values.map(dollars).join(' | ')} |`;
  const sum = (lines: CostLine[]): number => lines.reduce((total, { usd }) => total + usd, 0);
  const readings = fleets.map(
    (meters) => (meters * assumptions.readingsPerMeterAndDay * assumptions.daysPerMonth) / million,
  );
  return [
    `| USD a month, ${prices.region}, prices of ${prices.collected} | ${fleets.map((n) => `${n.toLocaleString('en')} meters`).join(' | ')} |`,
    `|---|${fleets.map(() => '--:').join('|')}|`,
    `| million readings | ${readings.map((count) => count.toLocaleString('en')).join(' | ')} |`,
    ...columns[0]!.map(({ item }, index) =>
      row(
        item,
        columns.map((lines) => lines[index]!.usd),
      ),
    ),
    row('**together**', columns.map(sum)),
    row(
      'per million readings',
      columns.map((lines, index) => sum(lines) / readings[index]!),
    ),
    row('connection minutes, every meter connected all the time', fleets.map(connectionCost)),
    row(
      `connection minutes, one concentrator for ${metersPerConcentrator} meters`,
      fleets.map((meters) => connectionCost(meters / metersPerConcentrator)),
    ),
  ].join('\n');
}

const dollars = (value: number): string =>
  value.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(costTable());
