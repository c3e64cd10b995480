/** The dashboards (the main path from devices to webhooks, the business, the platform) and the alarms of no single domain. */
import { Duration, Stack } from 'aws-cdk-lib';
import { Dashboard, MathExpression, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { BusinessDashboard } from '../constructs/business-dashboard.ts';
import {
  apiMetric,
  failedRuleActions,
  functionMetric,
  graph,
  lambdaMetric,
  mqttMetric,
  period,
  pipeMetric,
  productMetric,
  queueMetric,
} from '../constructs/dashboard-metrics.ts';
import { PlatformDashboard } from '../constructs/platform-dashboard.ts';
import { RunbookAlarm } from '../constructs/runbook-alarm.ts';
import type { Deployment } from '../deployment.ts';
import { stackName } from '../naming.ts';
import type { DomainStack } from './domain-stack.ts';
import { stackProps } from './stack-props.ts';

/** So many functions at work all the time are far more than a utility of a hundred thousand meters needs for hours. */
const busyFunctions = 10;

export interface ObservabilityStackProps {
  deployment: Deployment;
  apiIds: readonly string[];
  domains: readonly DomainStack[];
}

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
    const { deployment, apiIds, domains } = props;
    new BusinessDashboard(this, 'Business', deployment.stage);
    new PlatformDashboard(this, 'Platform', {
      stage: deployment.stage,
      apiIds,
      queues: domains.flatMap((domain) => [...domain.queues.values()]),
      pipeNames: domains.flatMap(({ pipeNames }) => pipeNames),
    });
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
    new RunbookAlarm(this, 'LambdaWork', {
      metric: lambdaMetric('Duration').with({ period: Duration.hours(1) }),
      threshold: busyFunctions * Duration.hours(1).toMilliseconds(),
      periods: 3,
      description: 'Functions work without a pause for hours: a loop, or more load than was thought of.',
      runbook: 'work-without-end',
      topic,
    });
  }

  #drawDashboard(): void {
    const { deployment, apiIds, domains } = this.#props;
    const queues = domains.flatMap((domain) => [...domain.queues.values()]);
    const functions = domains.flatMap(({ functionNames }) => functionNames);
    const pipes = domains.flatMap(({ pipeNames }) => pipeNames);
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
            queues.map(({ name }) => queueMetric(name, 'ApproximateAgeOfOldestMessage')),
          ),
        ],
        [
          graph(
            'Dead letters',
            queues.map(({ deadLettersName }) => queueMetric(deadLettersName, 'ApproximateNumberOfMessagesVisible')),
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
            functions.map((name) => functionMetric(name, 'Errors')),
          ),
          graph(
            'Duration p99 by function, ms',
            functions.map((name) => functionMetric(name, 'Duration', 'p99')),
          ),
        ],
      ],
    });
  }
}
