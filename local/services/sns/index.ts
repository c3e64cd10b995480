/** Amazon SNS: topics that hand messages to queues, functions and, as log lines, e-mail addresses; texts to phones, captured. */
import { createHash } from 'node:crypto';
import { AwsError, type AwsService, ConfigurationError, type RuntimeContext } from '../../runtime/types.ts';
import { requireDeclared } from '../event-sources/require-declared.ts';
import { operations } from './api.ts';
import { readForm, renderResult } from './query-protocol.ts';
import { readSubscription } from './subscription.ts';
import { type SentText, Texts } from './texts.ts';
import { Topics } from './topics.ts';

export interface SnsService extends AwsService {
  /** The newest text messages to phones, oldest first. */
  sentTexts(): readonly SentText[];
}

export function createSnsService(ctx: RuntimeContext): SnsService {
  const topics = new Topics(ctx);
  const texts = new Texts(ctx);
  const subscribe = (properties: Record<string, any>, name: string): string => {
    const topic = requireDeclared(`Subscription ${name}`, () => topics.get(String(properties['TopicArn'])));
    const arn = `${topic.arn}:${createHash('sha256').update(name).digest('hex').slice(0, 32)}`;
    topic.subscriptions.push(readSubscription(properties, arn));
    return arn;
  };
  ctx.targets.register('sns', async ({ arn, payload, parameters }) => {
    const { subject, messageAttributes: attributes } = parameters ?? {};
    topics.publish(topics.get(arn), { message: payload, subject, attributes });
  });

  return {
    signingName: 'sns',
    resources: {
      'AWS::SNS::Topic': ({ properties, defaultName }) => {
        const name: string = properties['TopicName'] ?? defaultName;
        if (String(properties['FifoTopic']) === 'true')
          throw new ConfigurationError(`Topic ${name}: the local runtime has no FIFO topics.`);
        const { arn } = topics.add(name);
        for (const [index, subscription] of (properties['Subscription'] ?? []).entries())
          subscribe({ TopicArn: arn, ...subscription }, `${defaultName}-${index}`);
        return { ref: arn, attributes: { TopicArn: arn, TopicName: name } };
      },
      'AWS::SNS::Subscription': ({ properties, defaultName }) => {
        const arn = subscribe(properties, defaultName);
        return { ref: arn, attributes: { Arn: arn } };
      },
      // IAM keeps what it says.
      'AWS::SNS::TopicPolicy': ({ defaultName }) => ({ ref: defaultName, attributes: { Id: defaultName } }),
    },
    async handle(request) {
      const form = readForm(request.body.toString());
      const name = String(form['Action']);
      const operation = operations[name];
      if (operation === undefined)
        throw new AwsError(
          'InvalidAction',
          `The local runtime does not support the SNS operation ${request.operation ?? name}.`,
        );
      const body = renderResult(name, operation(form, topics, texts), crypto.randomUUID());
      return { status: 200, headers: { 'content-type': 'text/xml' }, body };
    },
    sentTexts: () => texts.all(),
    async start() {
      topics.deliveries.start();
    },
    async stop() {
      topics.deliveries.stop();
    },
  };
}
