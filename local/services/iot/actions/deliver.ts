/** Actions that hand the payload to another service by its ARN. */
import { compileTemplate } from '../sql/template.ts';
import { type ActionFactory, textOf } from './action.ts';

/** @see https://docs.aws.amazon.com/iot/latest/developerguide/sqs-rule-action.html */
export const createSqsAction: ActionFactory = ({ QueueUrl, UseBase64 = false }, { ctx }) => {
  if (String(QueueUrl).endsWith('.fifo')) throw new Error('the SQS action does not support FIFO queues');
  const queueUrl = compileTemplate(String(QueueUrl));
  const base64 = String(UseBase64) === 'true';
  return {
    name: 'SqsAction',
    resource: queueUrl,
    async execute(outgoing, message) {
      const [accountId, queueName] = queueUrl(message).split('/').slice(-2);
      const payload = base64 ? Buffer.from(outgoing).toString('base64') : validText(outgoing);
      await ctx.targets.deliver({ arn: `arn:aws:sqs:${ctx.region}:${accountId}:${queueName}`, payload });
    },
  };
};

/** Asynchronous, as AWS IoT invokes. @see https://docs.aws.amazon.com/iot/latest/developerguide/lambda-rule-action.html */
export const createLambdaAction: ActionFactory = ({ FunctionArn }, { ctx }, ruleName) => {
  const functionArn = compileTemplate(String(FunctionArn));
  return {
    name: 'LambdaAction',
    resource: functionArn,
    async execute(outgoing, message) {
      const sourceArn = `arn:aws:iot:${ctx.region}:${ctx.accountId}:rule/${ruleName}`;
      const caller = { service: 'iot.amazonaws.com', sourceArn };
      await ctx.targets.deliver({ arn: functionArn(message), payload: textOf(outgoing), caller });
    },
  };
};

/** @see https://docs.aws.amazon.com/iot/latest/developerguide/sns-rule-action.html */
export const createSnsAction: ActionFactory = ({ TargetArn, MessageFormat = 'RAW' }, { ctx }) => {
  if (MessageFormat !== 'RAW') throw new Error('MessageFormat must be RAW');
  const arn = String(TargetArn);
  return {
    name: 'SnsAction',
    resource: () => arn,
    async execute(outgoing) {
      await ctx.targets.deliver({ arn, payload: validText(outgoing) });
    },
  };
};

/** @see https://docs.aws.amazon.com/iot/latest/developerguide/cloudwatch-logs-rule-action.html */
export const createLogsAction: ActionFactory = ({ LogGroupName, BatchMode = false }, { ctx }) => {
  if (String(BatchMode) === 'true') throw new Error('BatchMode is not played locally');
  const logGroup = compileTemplate(String(LogGroupName));
  return {
    name: 'CloudwatchLogsAction',
    resource: logGroup,
    async execute(outgoing, message) {
      const arn = `arn:aws:logs:${ctx.region}:${ctx.accountId}:log-group:${logGroup(message)}`;
      await ctx.targets.deliver({ arn, payload: textOf(outgoing) });
    },
  };
};

/** Bytes that are UTF-8 text may pass as text; a queue or topic takes no others. */
function validText(outgoing: string | Buffer): string {
  if (typeof outgoing === 'string') return outgoing;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(outgoing);
  } catch (cause) {
    throw new Error("The payload is binary: set UseBase64 or select encode(*, 'base64')", { cause });
  }
}
