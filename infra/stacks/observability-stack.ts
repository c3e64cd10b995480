/** The dashboard of the main path (devices to webhooks) and the alarms that belong to no single domain. */
import { Duration, Stack } from 'aws-cdk-lib';
import { Dashboard, GraphWidget, type IMetric, MathExpression, Metric, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { RunbookAlarm } from '../constructs/runbook-alarm.ts';
import type { Deployment } from '../deployment.ts';
import { productNamespace, stackName } from '../naming.ts';
import type { DomainStack } from './domain-stack.ts';
import { stackProps } from './stack-props.ts';

export interface ObservabilityStackProps {
  deployment: Deployment;
  apiIds: readonly string[];
  domains: readonly DomainStack[];
}

const period = Duration.minutes(5);

export class ObservabilityStack extends Stack {
  readonly #props: ObservabilityStackProps;

  constructor(scope: Construct, props: ObservabilityStackProps) {
    super(scope, 'Observability', stackProps(props.deployment.stage, 'observability', 'dashboard and alarms'));
    this.#props = props;
    props.apiIds.forEach((apiId, index) => {
      this.#alarmOnApi(apiId, index === 0 ? '' : String(index + 1));
    });
    this.#alarmOnFunctions();
    this.#drawDashboard();
  }

  #alarmOnApi(apiId: string, suffix: string): void {
    const topic = this.#props.deployment.alarmTopic;
    new RunbookAlarm(this, `Http5xx${suffix}`, {
      metric: new MathExpression({
        expression: 'IF(requests >= 20, 100 * failed / requests, 0)',
        usingMetrics: { failed: apiMetric(apiId, '5xx', 'Sum'), requests: apiMetric(apiId, 'Count', 'Sum') },
        label: '5xx answers, percent',
        period,
      }),
      threshold: 1,
      periods: 2,
      description: 'More than 1 % of HTTP requests fail on our side.',
      runbook: 'http-errors',
      topic,
    });
    new RunbookAlarm(this, `HttpLatency${suffix}`, {
      metric: apiMetric(apiId, 'Latency', 'p99'),
      threshold: 2000,
      periods: 3,
      description: 'One HTTP request in a hundred takes longer than 2 s.',
      runbook: 'http-latency',
      topic,
    });
  }

  /**
   * Over all functions of the account and region: per function each alarm would cost $0.10 a month, a multiple of a
   * small utility's bill; the dashboard tells them apart.
   */
  #alarmOnFunctions(): void {
    const topic = this.#props.deployment.alarmTopic;
    new RunbookAlarm(this, 'LambdaErrors', {
      metric: lambdaMetric('Errors'),
      threshold: 5,
      periods: 2,
      description: 'Functions crash or run out of time.',
      runbook: 'lambda-errors',
      topic,
    });
    new RunbookAlarm(this, 'LambdaThrottles', {
      metric: lambdaMetric('Throttles'),
      threshold: 10,
      periods: 2,
      description: 'Functions are refused for want of concurrency.',
      runbook: 'lambda-throttles',
      topic,
    });
  }

  #drawDashboard(): void {
    const { deployment, apiIds, domains } = this.#props;
    const queues = domains.flatMap((domain) => [...domain.queues.values()]);
    const functions = domains.flatMap((domain) => [...domain.functions.values()]);
    const pipes = domains.flatMap(({ pipeNames }) => pipeNames);
    const graph = (title: string, left: IMetric[], right: IMetric[] = []): GraphWidget =>
      new GraphWidget({ title, left, right, width: 12, height: 6, period });
    new Dashboard(this, 'MainPath', {
      dashboardName: stackName(deployment.stage, 'main-path'),
      widgets: [
        [
          new TextWidget({
            markdown: '**From device to partner**: MQTT → queues → functions → tables → pipes → bus → webhooks.',
            width: 24,
            height: 1,
          }),
        ],
        [
          graph('MQTT messages and rule failures', [mqttMetric('PublishIn.Success')], [failedRuleActions]),
          graph(
            'Age of the oldest message, s',
            queues.map(({ queue }) => queue.metricApproximateAgeOfOldestMessage({ period })),
          ),
        ],
        [
          graph(
            'Dead letters',
            queues.map(({ deadLetters }) => deadLetters.metricApproximateNumberOfMessagesVisible({ period })),
          ),
          graph(
            'Pipes: events and failures',
            pipes.map((name) => pipeMetric(name, 'EventCount')),
            pipes.map((name) => pipeMetric(name, 'ExecutionFailed')),
          ),
        ],
        [
          graph(
            'HTTP requests and 5xx',
            apiIds.map((id) => apiMetric(id, 'Count', 'Sum')),
            apiIds.map((id) => apiMetric(id, '5xx', 'Sum')),
          ),
          graph(
            'HTTP latency p50 and p99, ms',
            apiIds.flatMap((id) => [apiMetric(id, 'Latency', 'p50'), apiMetric(id, 'Latency', 'p99')]),
          ),
        ],
        [
          graph('Readings accepted and rejected', [
            productMetric('metering', 'ReadingsAccepted'),
            productMetric('metering', 'ReadingsRejected'),
          ]),
          graph('Webhook deliveries that succeed and fail', [
            productMetric('platform', 'WebhookDeliveriesSucceeded'),
            productMetric('platform', 'WebhookDeliveriesFailed'),
          ]),
        ],
        [
          graph(
            'Errors by function',
            functions.map((lambda) => lambda.metricErrors({ period })),
          ),
          graph(
            'Duration p99 by function, ms',
            functions.map((lambda) => lambda.metricDuration({ period, statistic: 'p99' })),
          ),
        ],
      ],
    });
  }
}

const apiMetric = (ApiId: string, metricName: string, statistic: string): Metric =>
  new Metric({ namespace: 'AWS/ApiGateway', metricName, dimensionsMap: { ApiId }, statistic, period });

const lambdaMetric = (metricName: string): Metric =>
  new Metric({ namespace: 'AWS/Lambda', metricName, statistic: 'Sum', period });

/** @see https://docs.aws.amazon.com/iot/latest/developerguide/metrics_dimensions.html#message-broker-metrics */
const mqttMetric = (metricName: string): Metric =>
  new Metric({
    namespace: 'AWS/IoT',
    metricName,
    dimensionsMap: { Protocol: 'MQTT' },
    label: metricName,
    statistic: 'Sum',
    period,
  });

/** AWS IoT publishes it by rule and action only, and nothing over all of them. */
const failedRuleActions = new MathExpression({
  expression: `SUM(SEARCH('{AWS/IoT,ActionType,RuleName} MetricName="Failure"', 'Sum', ${period.toSeconds()}))`,
  label: 'Rule actions that failed',
  period,
});

/** What functions count with `countMetric`. */
const productMetric = (service: string, metricName: string): Metric =>
  new Metric({ namespace: productNamespace, metricName, dimensionsMap: { service }, statistic: 'Sum', period });

const pipeMetric = (PipeName: string, metricName: string): Metric =>
  new Metric({ namespace: 'AWS/EventBridge/Pipes', metricName, dimensionsMap: { PipeName }, statistic: 'Sum', period });
