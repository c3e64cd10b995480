/**
 * Structured logs, metrics and traces of one function. Every line carries the correlation id; secrets never get
 * here because nothing logs whole requests or credentials.
 */
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

export { MetricUnit };

/** CloudWatch namespace of every metric of the product. */
export const metricNamespace = 'Mizan';

const service = process.env['POWERTOOLS_SERVICE_NAME'] ?? 'mizan';

export const logger = new Logger({ serviceName: service });

export const metrics = new Metrics({ namespace: metricNamespace, serviceName: service });

/** Adds to a counter in CloudWatch (embedded metric format); published with `metrics.publishStoredMetrics()` at the end of the invocation. */
export function countMetric(name: string, value = 1): void {
  metrics.addMetric(name, MetricUnit.Count, value);
}

export function durationMetric(name: string, ms: number): void {
  metrics.addMetric(name, MetricUnit.Milliseconds, ms);
}
