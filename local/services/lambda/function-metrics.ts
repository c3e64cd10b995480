/**
 * The metrics Lambda keeps of a function, and of all functions together.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 */
import { ServiceMetrics } from '../../runtime/service-metrics.ts';
import type { RuntimeContext } from '../../runtime/types.ts';

const ALL_FUNCTIONS = {};

export class FunctionMetrics {
  readonly #metrics: ServiceMetrics;
  readonly #dimensions: Readonly<Record<string, string>>[];

  constructor(ctx: RuntimeContext, functionName: string) {
    this.#metrics = new ServiceMetrics(ctx, 'AWS/Lambda');
    this.#dimensions = [{ FunctionName: functionName }, ALL_FUNCTIONS];
  }

  /** A request that ran; `concurrency` counts it. Errors are counted as zeros too, so that their average is a rate. */
  invoked(failed: boolean, durationMs: number, concurrency: number): void {
    for (const dimensions of this.#dimensions) {
      this.#metrics.count('Invocations', dimensions);
      this.#metrics.count('Errors', dimensions, failed ? 1 : 0);
      this.#metrics.count('Throttles', dimensions, 0);
      this.#metrics.count('ConcurrentExecutions', dimensions, concurrency);
      this.#metrics.put('Duration', dimensions, durationMs);
    }
  }

  /** A request that was refused; it counts neither as an invocation nor as an error. */
  throttled(): void {
    for (const dimensions of this.#dimensions) this.#metrics.count('Throttles', dimensions);
  }
}
