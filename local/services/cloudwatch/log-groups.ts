/** Log groups: the newest events of each, in a ring, with the metric filters that watch them. */
import { randomUUID } from 'node:crypto';
import type { RuntimeContext } from '../../runtime/types.ts';
import { embeddedMetrics } from './emf.ts';
import type { LineFilter } from './filter-pattern.ts';
import type { MetricStore } from './metrics.ts';

const KEPT_EVENTS = 10_000;
/** CloudWatch bills 26 bytes with every event. */
const EVENT_OVERHEAD_BYTES = 26;
const GB = 1024 ** 3;

export interface LogEvent {
  eventId: string;
  /** Milliseconds since the epoch. */
  timestamp: number;
  logStreamName: string;
  message: string;
}

export interface MetricFilter {
  matches: LineFilter;
  namespace: string;
  name: string;
  /** A number, or a selector such as `$.latency` into the line. */
  value: string;
  defaultValue: number | undefined;
}

interface LogGroup {
  events: LogEvent[];
  filters: MetricFilter[];
}

export class LogGroups {
  readonly #ctx: RuntimeContext;
  readonly #metrics: MetricStore;
  readonly #groups = new Map<string, LogGroup>();

  constructor(ctx: RuntimeContext, metrics: MetricStore) {
    this.#ctx = ctx;
    this.#metrics = metrics;
  }

  /** Creates the group unless it exists. */
  open(name: string): LogGroup {
    let group = this.#groups.get(name);
    if (group === undefined) {
      group = { events: [], filters: [] };
      this.#groups.set(name, group);
    }
    return group;
  }

  has(name: string): boolean {
    return this.#groups.has(name);
  }

  names(): string[] {
    return [...this.#groups.keys()].sort();
  }

  events(name: string): readonly LogEvent[] {
    return this.#groups.get(name)?.events ?? [];
  }

  addFilter(groupName: string, filter: MetricFilter): void {
    this.open(groupName).filters.push(filter);
  }

  put(groupName: string, message: string, logStreamName = 'local', timestamp = this.#ctx.clock.now()): void {
    const { events, filters } = this.open(groupName);
    this.#ctx.meter.count('cloudwatch.logIngestGB', (Buffer.byteLength(message) + EVENT_OVERHEAD_BYTES) / GB);
    events.push({ eventId: randomUUID(), timestamp, logStreamName, message });
    // Cut in batches: shifting one by one costs a copy for every line.
    if (events.length > KEPT_EVENTS * 1.1) events.splice(0, events.length - KEPT_EVENTS);
    for (const { timestampMs, values, ...id } of embeddedMetrics(message)) this.#metrics.put(id, values, timestampMs);
    for (const filter of filters) this.#apply(filter, message, timestamp);
  }

  /** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/MonitoringLogData.html */
  #apply({ matches, namespace, name, value, defaultValue }: MetricFilter, message: string, timestamp: number): void {
    const amount = matches(message) ? metricValue(value, message) : defaultValue;
    if (amount !== undefined) this.#metrics.put({ namespace, name, dimensions: {} }, [amount], timestamp);
  }
}

function metricValue(value: string, message: string): number | undefined {
  if (!value.startsWith('$')) return Number(value);
  try {
    const root: unknown = JSON.parse(message.slice(message.indexOf('{')));
    const read = value
      .slice(2)
      .split('.')
      .reduce<unknown>((inner, step) => (inner as Record<string, unknown>)?.[step], root);
    return typeof read === 'number' ? read : undefined;
  } catch {
    return undefined;
  }
}
