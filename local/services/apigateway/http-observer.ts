/**
 * Tells CloudWatch of every HTTP API request: the metrics that alarms and dashboards read, and the line in
 * the stage's access log.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
 */
import { ServiceMetrics } from '../../runtime/service-metrics.ts';
import type { RuntimeContext } from '../../runtime/types.ts';
import type { ServedRequest } from './access-log.ts';
import type { Stage } from './model.ts';

export class HttpObserver {
  readonly #ctx: RuntimeContext;
  readonly #metrics: ServiceMetrics;
  readonly #dimensions = new Map<string, Record<string, string>>();
  /** Destinations that refused a line, so that each is reported once. */
  readonly #refusing = new Set<string>();

  constructor(ctx: RuntimeContext) {
    this.#ctx = ctx;
    this.#metrics = new ServiceMetrics(ctx, 'AWS/ApiGateway');
  }

  served(stage: Stage, served: ServedRequest): void {
    this.#putMetrics(served);
    const { accessLog } = stage;
    if (!accessLog) return;
    const { destinationArn, format } = accessLog;
    this.#ctx.targets.deliver({ arn: destinationArn, payload: format(served) }).catch((error: Error) => {
      if (this.#refusing.has(destinationArn)) return;
      this.#refusing.add(destinationArn);
      this.#ctx.log.warn(`The access log of stage ${stage.name} cannot be written: ${error.message}`);
    });
  }

  #putMetrics({ apiId, status, latencyMs, integrationLatencyMs }: ServedRequest): void {
    let dimensions = this.#dimensions.get(apiId);
    if (!dimensions) {
      dimensions = { ApiId: apiId };
      this.#dimensions.set(apiId, dimensions);
    }
    const put = (name: string, value: number) => this.#metrics.put(name, dimensions, value);
    put('Count', 1);
    // Zeros count: the average of an error metric is the error rate.
    put('4xx', status >= 400 && status < 500 ? 1 : 0);
    put('5xx', status >= 500 ? 1 : 0);
    put('Latency', latencyMs);
    if (integrationLatencyMs !== undefined) put('IntegrationLatency', integrationLatencyMs);
  }
}
