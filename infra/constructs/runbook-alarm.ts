/** An alarm that tells the person it wakes which page to open: no alarm exists without a runbook. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

export interface RunbookAlarmProps {
  metric: IMetric;
  /** Raised at this value and above. */
  threshold: number;
  /** How many periods of the metric in a row. @default 1 */
  periods?: number;
  /** What is going on, one sentence. */
  description: string;
  /** File in `docs/runbooks/`, without extension. */
  runbook: string;
  topic: ITopic;
}

const runbooks = join(import.meta.dirname, '../../docs/runbooks');

export class RunbookAlarm extends Alarm {
  constructor(scope: Construct, id: string, props: RunbookAlarmProps) {
    const { metric, threshold, periods = 1, description, runbook, topic } = props;
    if (!existsSync(join(runbooks, `${runbook}.md`)))
      throw new Error(`The alarm "${id}" names docs/runbooks/${runbook}.md, which does not exist: write it.`);
    super(scope, id, {
      metric,
      threshold,
      evaluationPeriods: periods,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // An idle system publishes no data points, and idle is well.
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: `${description} Runbook: docs/runbooks/${runbook}.md`,
    });
    const action = new SnsAction(topic);
    this.addAlarmAction(action);
    this.addOkAction(action);
  }
}
