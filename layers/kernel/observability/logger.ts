/**
 * Structured logs, metrics and traces of one function. Every line carries the correlation id; secrets never get
 * here because nothing logs whole requests or credentials.
 */
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

/** CloudWatch namespace of every metric of the product. */
export const metricNamespace = 'Mizan';

const service = process.env['POWERTOOLS_SERVICE_NAME'] ?? 'mizan';

export const logger = new Logger({ serviceName: service });

const metrics = new Metrics({ namespace: metricNamespace, serviceName: service });
let hasMetrics = false;

/** Adds to a counter in CloudWatch (embedded metric format). */
export function countMetric(name: string, value = 1): void {
  hasMetrics = true;
  metrics.addMetric(name, MetricUnit.Count, value);
}

/** Writes out what was counted; the pipeline of every function calls it at the end of an invocation. */
export function publishMetrics(): void {
  if (!hasMetrics) return;
  hasMetrics = false;
  metrics.publishStoredMetrics();
}
