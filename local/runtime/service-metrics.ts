/**
 * The metrics AWS services keep of themselves. Each is looked up once and then recorded by a plain call, because some
 * change with every request; where nobody collects metrics, as in the tests of a single service, recording does nothing.
 */
import type { AwsService, RuntimeContext } from './types.ts';

export type MetricDimensions = Readonly<Record<string, string>>;

/** What recording needs of the CloudWatch service. */
interface MetricSink extends AwsService {
  putMetric(namespace: string, name: string, dimensions: MetricDimensions, value: number): void;
  counter(namespace: string, name: string, dimensions: MetricDimensions): (value?: number) => void;
  sampleEachMinute(sample: () => void): void;
}

export class ServiceMetrics {
  readonly #ctx: Pick<RuntimeContext, 'service'>;
  readonly #namespace: string;
  readonly #counters = new Map<string, (value?: number) => void>();
  #sink: MetricSink | undefined;

  /** @param namespace such as `AWS/Lambda` */
  constructor(ctx: Pick<RuntimeContext, 'service'>, namespace: string) {
    this.#ctx = ctx;
    this.#namespace = namespace;
  }

  /** Adds to a metric that needs no percentiles. The same dimensions should be the same object. @param value default 1 */
  count(name: string, dimensions: MetricDimensions, value?: number): void {
    const id = `${name} ${Object.values(dimensions).join(' ')}`;
    let counter = this.#counters.get(id);
    if (counter === undefined) {
      counter = this.#find()?.counter(this.#namespace, name, dimensions) ?? (() => {});
      this.#counters.set(id, counter);
    }
    counter(value);
  }

  /** Records one value of a metric that people ask percentiles of. */
  put(name: string, dimensions: MetricDimensions, value: number): void {
    this.#find()?.putMetric(this.#namespace, name, dimensions, value);
  }

  /** Calls back at the start of each minute, to record what is a level rather than an event. */
  eachMinute(sample: () => void): void {
    this.#find()?.sampleEachMinute(sample);
  }

  #find(): MetricSink | undefined {
    this.#sink ??= findSink(this.#ctx);
    return this.#sink;
  }
}

function findSink(ctx: Pick<RuntimeContext, 'service'>): MetricSink | undefined {
  try {
    const service = ctx.service<MetricSink>('monitoring');
    return typeof service.putMetric === 'function' ? service : undefined;
  } catch {
    return undefined;
  }
}
