/** The dashboard of the people who run the platform: latency, errors, throttles, dead letters, cost. */
import { Dashboard, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { StageConfig } from '../config/stage-config.ts';
import { stackName } from '../naming.ts';
import {
  apiMetric,
  estimatedCharges,
  failedRuleActions,
  graph,
  lambdaMetric,
  pipeMetric,
  productMetric,
  productMetricBy,
  queueMetric,
} from './dashboard-metrics.ts';
import type { WorkQueue } from './work-queue.ts';

export interface PlatformDashboardProps {
  stage: StageConfig;
  apiIds: readonly string[];
  queues: readonly WorkQueue[];
  pipeNames: readonly string[];
}

export class PlatformDashboard extends Construct {
  constructor(scope: Construct, id: string, { stage, apiIds, queues, pipeNames }: PlatformDashboardProps) {
    super(scope, id);
    const ofApis = (name: string, ...statistics: string[]) =>
      apiIds.flatMap((apiId) => statistics.map((statistic) => apiMetric(apiId, name, statistic)));
    new Dashboard(this, 'Dashboard', {
      dashboardName: stackName(stage, 'platform'),
      widgets: [
        [
          new TextWidget({
            markdown:
              '**The platform**: what to do about each is in `docs/runbooks`. Errors by function are on the main path.',
            width: 24,
            height: 1,
          }),
        ],
        [
          graph('Latency p50, p95 and p99, ms', ofApis('Latency', 'p50', 'p95', 'p99')),
          graph('Errors: ours and the callers’', ofApis('5xx', 'Sum'), ofApis('4xx', 'Sum')),
        ],
        [
          graph('Functions: errors and throttles', [lambdaMetric('Errors'), lambdaMetric('Throttles')]),
          graph('Functions at the same time', [lambdaMetric('ConcurrentExecutions', 'Maximum')]),
        ],
        [
          graph(
            'Dead letters',
            queues.map(({ deadLettersName }) => queueMetric(deadLettersName, 'ApproximateNumberOfMessagesVisible')),
          ),
          graph(
            'Ways that fail: pipes, device rules, webhooks, alert rules',
            [...pipeNames.map((name) => pipeMetric(name, 'ExecutionFailed')), failedRuleActions],
            [productMetric('platform', 'WebhookDeliveriesFailed'), productMetric('monitoring', 'AlertRulesFailed')],
          ),
        ],
        [
          graph(
            'From a change to those who react, p50, p95 and p99, ms',
            ['p50', 'p95', 'p99'].map((statistic) => productMetric('monitoring', 'EventLag', statistic)),
          ),
          graph('Alerts that nobody could be told of, by way', [productMetricBy('way', 'AlertActionsFailed')]),
        ],
        [
          graph('Cost of the account this month, USD', [estimatedCharges]),
          graph('What cost follows: requests and function runs', ofApis('Count', 'Sum'), [lambdaMetric('Invocations')]),
        ],
      ],
    });
  }
}
