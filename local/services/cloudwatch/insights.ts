/**
 * Logs Insights on one machine: a query runs at once over the lines in memory, and its result is there to be fetched. What
 * it reads is counted, since AWS bills a query by the bytes it looks through.
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html
 */
import { randomUUID } from 'node:crypto';
import { AwsError, type RuntimeContext } from '../../runtime/types.ts';
import type { Operation } from '../support/json-operations.ts';
import { type InsightsQuery, parseInsightsQuery } from './insights-query.ts';
import type { LogEvent, LogGroups } from './log-groups.ts';

interface FinishedQuery {
  results: { field: string; value: string }[][];
  statistics: { recordsMatched: number; recordsScanned: number; bytesScanned: number };
}

const keptQueries = 100;
const bytesPerGb = 1024 ** 3;

export function insightsOperations(ctx: RuntimeContext, groups: LogGroups): Record<string, Operation> {
  const finished = new Map<string, FinishedQuery>();
  return {
    StartQuery: ({ queryString, startTime, endTime, logGroupName, logGroupNames, limit }) => {
      const query = parseInsightsQuery(String(queryString));
      if (limit !== undefined) query.limit = Math.min(query.limit, Number(limit));
      if (!(startTime < endTime)) throw new AwsError('InvalidParameterException', 'startTime must be before endTime.');
      const named: string[] = logGroupNames ?? (logGroupName === undefined ? [] : [logGroupName]);
      if (named.length > 0 === (query.namePrefixes !== undefined))
        throw new AwsError('InvalidParameterException', 'Name log groups or use SOURCE, one of both.');
      const missing = named.find((name) => !groups.has(name));
      if (missing !== undefined)
        throw new AwsError('ResourceNotFoundException', `Log group ${missing} does not exist.`);
      const names = query.namePrefixes
        ? groups.names().filter((name) => query.namePrefixes!.some((prefix) => name.startsWith(prefix)))
        : named;
      const queryId = randomUUID();
      // The end of the range is included; the API counts in seconds.
      finished.set(queryId, run(groups, names, query, startTime * 1000, endTime * 1000 + 999));
      if (finished.size > keptQueries) finished.delete(finished.keys().next().value!);
      ctx.meter.count('cloudwatch.logQueryGB', finished.get(queryId)!.statistics.bytesScanned / bytesPerGb);
      return { queryId };
    },
    GetQueryResults: ({ queryId }) => {
      const query = finished.get(queryId);
      if (query === undefined) throw new AwsError('ResourceNotFoundException', 'The query does not exist.');
      return { status: 'Complete', ...query };
    },
    StopQuery: () => ({ success: false }),
  };
}

function run(groups: LogGroups, names: readonly string[], query: InsightsQuery, fromMs: number, toMs: number) {
  const statistics = { recordsMatched: 0, recordsScanned: 0, bytesScanned: 0 };
  const found: { event: LogEvent; field: (name: string) => unknown }[] = [];
  for (const name of names)
    for (const event of groups.events(name)) {
      if (event.timestamp < fromMs || event.timestamp > toMs) continue;
      statistics.recordsScanned += 1;
      statistics.bytesScanned += Buffer.byteLength(event.message);
      const field = fieldsOf(event, name);
      if (query.matches(field)) found.push({ event, field });
    }
  statistics.recordsMatched = found.length;
  const direction = query.newestFirst ? -1 : 1;
  const results = found
    .sort((a, b) => (a.event.timestamp - b.event.timestamp) * direction)
    .slice(0, query.limit)
    .map(({ field }) =>
      query.fields.flatMap((name) => {
        const value = field(name);
        return value === undefined || value === null ? [] : [{ field: name, value: asText(value) }];
      }),
    );
  return { results, statistics };
}

const asText = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));

/** Fields of a line that is JSON are found by themselves, nested ones by a path with dots. */
function fieldsOf(event: LogEvent, group: string): (name: string) => unknown {
  let root: unknown;
  try {
    root = JSON.parse(event.message);
  } catch {
    root = undefined;
  }
  const own: Record<string, unknown> = {
    '@timestamp': new Date(event.timestamp).toISOString().replace('T', ' ').replace('Z', ''),
    '@message': event.message,
    '@logStream': event.logStreamName,
    '@log': group,
  };
  return (name) =>
    name.startsWith('@')
      ? own[name]
      : name.split('.').reduce<unknown>((inner, step) => {
          const isOwn = typeof inner === 'object' && inner !== null && Object.hasOwn(inner, step);
          return isOwn ? (inner as Record<string, unknown>)[step] : undefined;
        }, root);
}
