/**
 * Structured logs of one function, and its metrics beside them. Every line carries the correlation id; secrets never get
 * here because nothing logs whole requests or credentials.
 */
import { Logger } from '@aws-lambda-powertools/logger';
import { serviceName } from '../config/service-name.ts';

export { countMetric, metricNamespace, publishMetrics } from './metrics.ts';

export const logger = new Logger({ serviceName });
