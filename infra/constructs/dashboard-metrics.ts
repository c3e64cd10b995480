/** The metrics that dashboards and alarms are made of, each with the dimensions under which AWS or our functions publish it. */
import { Duration } from 'aws-cdk-lib';
import { GraphWidget, type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { productNamespace } from '../naming.ts';

export const period = Duration.minutes(5);

export const graph = (title: string, left: IMetric[], right: IMetric[] = []): GraphWidget =>
  new GraphWidget({ title, left, right, width: 12, height: 6, period });

export const apiMetric = (ApiId: string, metricName: string, statistic: string): Metric =>
  new Metric({ namespace: 'AWS/ApiGateway', metricName, dimensionsMap: { ApiId }, statistic, period });

/** Over all functions of the account and region. */
export const lambdaMetric = (metricName: string, statistic = 'Sum'): Metric =>
  new Metric({ namespace: 'AWS/Lambda', metricName, statistic, period });

/**
 * Of one function, by its name: a reference would cost the stack of the function one of its 200 outputs for every function
 * that a dashboard draws. The same for queues.
 */
export const functionMetric = (FunctionName: string, metricName: string, statistic = 'Sum'): Metric =>
  new Metric({ namespace: 'AWS/Lambda', metricName, dimensionsMap: { FunctionName }, statistic, period });

export const queueMetric = (QueueName: string, metricName: string): Metric =>
  new Metric({ namespace: 'AWS/SQS', metricName, dimensionsMap: { QueueName }, statistic: 'Maximum', period });

/** @see https://docs.aws.amazon.com/iot/latest/developerguide/metrics_dimensions.html#message-broker-metrics */
export const mqttMetric = (metricName: string): Metric =>
  new Metric({
    namespace: 'AWS/IoT',
    metricName,
    dimensionsMap: { Protocol: 'MQTT' },
    label: metricName,
    statistic: 'Sum',
    period,
  });

/** AWS IoT publishes it by rule and action only, and nothing over all of them. */
export const failedRuleActions = new MathExpression({
  expression: `SUM(SEARCH('{AWS/IoT,ActionType,RuleName} MetricName="Failure"', 'Sum', ${period.toSeconds()}))`,
  label: 'Rule actions that failed',
  period,
});

/** What functions count with `countMetric`, or measure. */
export const productMetric = (service: string, metricName: string, statistic = 'Sum'): Metric =>
  new Metric({ namespace: productNamespace, metricName, dimensionsMap: { service }, statistic, period });

/**
 * A line for each value of a label, those that come later included.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/graph-dynamic-labels.html
 */
export const productMetricBy = (label: string, metricName: string): MathExpression =>
  new MathExpression({
    expression: `SEARCH('{${productNamespace},service,${label}} MetricName="${metricName}"', 'Sum', ${period.toSeconds()})`,
    label: `\${PROP('Dim.${label}')}`,
    period,
  });

export const pipeMetric = (PipeName: string, metricName: string): Metric =>
  new Metric({ namespace: 'AWS/EventBridge/Pipes', metricName, dimensionsMap: { PipeName }, statistic: 'Sum', period });

/**
 * The bill of the account so far this month. It is published in one region, and only where "billing alerts" are on.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/monitor_estimated_charges_with_cloudwatch.html
 */
export const estimatedCharges = new Metric({
  namespace: 'AWS/Billing',
  metricName: 'EstimatedCharges',
  dimensionsMap: { Currency: 'USD' },
  region: 'us-east-1',
  statistic: 'Maximum',
  period: Duration.hours(6),
});
