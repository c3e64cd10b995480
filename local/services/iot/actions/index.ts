/**
 * The rule actions the local rules engine can play.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-iot-topicrule-action.html
 */
import { ConfigurationError } from '../../../runtime/types.ts';
import type { ActionFactory, ActionTools, RuleAction } from './action.ts';
import { createLambdaAction, createLogsAction, createSnsAction, createSqsAction } from './deliver.ts';
import { createRepublishAction } from './republish.ts';
import { createS3Action } from './s3.ts';
import { createTimestreamAction } from './timestream.ts';

const FACTORIES: Readonly<Record<string, ActionFactory>> = {
  CloudwatchLogs: createLogsAction,
  Lambda: createLambdaAction,
  Republish: createRepublishAction,
  S3: createS3Action,
  Sns: createSnsAction,
  Sqs: createSqsAction,
  Timestream: createTimestreamAction,
};

/** Makes an action of its CloudFormation form, `{ Sqs: { … } }`. @throws ConfigurationError */
export function createAction(declared: Record<string, any>, ruleName: string, tools: ActionTools): RuleAction {
  const kinds = Object.keys(declared);
  const kind = kinds[0] ?? '';
  const create = FACTORIES[kind];
  if (kinds.length !== 1 || create === undefined)
    throw new ConfigurationError(
      `IoT rule "${ruleName}" has the action ${kinds.join(', ') || '(none)'}; played locally are ${Object.keys(FACTORIES).join(', ')}.`,
    );
  try {
    return create(declared[kind], tools, ruleName);
  } catch (error) {
    throw new ConfigurationError(
      `The ${kind} action of IoT rule "${ruleName}" cannot be used: ${(error as Error).message}`,
    );
  }
}
