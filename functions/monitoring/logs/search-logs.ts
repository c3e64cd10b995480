/**
 * The one port to logs: Logs Insights, which the local runtime plays as well. A query costs by the bytes it looks through,
 * so its time is bounded here, and how often one may ask is counted.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AnalyzingLogData.html
 */
import type { CloudWatchLogsClient, ResultField } from '@aws-sdk/client-cloudwatch-logs';
import { logGroupPrefix } from '../../../layers/kernel/config/resource-names.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { buildQuery, type LogSearch } from './build-query.ts';

export interface LogLine {
  at: string;
  /** Log group of the function that wrote it. */
  logGroup: string;
  fields: Record<string, unknown>;
}

const pollMs = 400;
/** The function ends at 28 s, and a caller waits no longer. */
const maxPolls = 50;

/** Loaded with the first search, so that no cold start waits for it. */
const loadSdk = () => import('@aws-sdk/client-cloudwatch-logs');
let client: CloudWatchLogsClient | undefined;

/** @throws AppError `unavailable` when CloudWatch takes too long or too many queries run */
export async function searchLogs(search: LogSearch, fromMs: number, toMs: number): Promise<LogLine[]> {
  const sdk = await loadSdk();
  client ??= new sdk.CloudWatchLogsClient({});
  const { queryId } = await client
    .send(
      new sdk.StartQueryCommand({
        queryString: buildQuery(search, logGroupPrefix()),
        startTime: Math.floor(fromMs / 1000),
        endTime: Math.ceil(toMs / 1000),
      }),
    )
    .catch((cause: unknown) => {
      const isBusy = (cause as Error).name === 'LimitExceededException';
      throw isBusy ? new AppError('unavailable', 'Too many searches run at the same time.', { cause }) : cause;
    });
  for (let poll = 0; poll < maxPolls; poll++) {
    const { status, results = [] } = await client.send(new sdk.GetQueryResultsCommand({ queryId }));
    if (status === 'Complete') return results.map(toLine).filter(({ fields }) => belongs(fields, search.tenantId));
    if (status !== 'Running' && status !== 'Scheduled') throw new AppError('unavailable', `The search is ${status}.`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  await client.send(new sdk.StopQueryCommand({ queryId }));
  throw new AppError('unavailable', 'The search took too long: take a shorter time.');
}

/** The second fence: whatever a query gave, a tenant gets no line of another. */
const belongs = ({ tenantId }: Record<string, unknown>, own: string): boolean => tenantId === own;

function toLine(row: readonly ResultField[]): LogLine {
  const value = (name: string): string => row.find(({ field }) => field === name)?.value ?? '';
  return {
    at: new Date(`${value('@timestamp').replace(' ', 'T')}Z`).toISOString(),
    // CloudWatch writes `<account>:<group>`.
    logGroup: value('@log').replace(/^\d+:/, ''),
    fields: parse(value('@message')),
  };
}

function parse(message: string): Record<string, unknown> {
  try {
    const fields: unknown = JSON.parse(message);
    return typeof fields === 'object' && fields !== null ? (fields as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
