/** The SNS operations that applications use at run time. */
import { AwsError } from '../../runtime/types.ts';
import type { MessageAttributes } from '../sqs/message.ts';
import { type FormNode, listOf, type XmlValue } from './query-protocol.ts';
import type { Texts } from './texts.ts';
import type { Publication, Topics } from './topics.ts';

type Result = { [name: string]: XmlValue };

export const operations: Record<string, (form: FormNode, topics: Topics, texts: Texts) => Result> = {
  Publish: (form, topics, texts) => {
    const phone = text(form, 'PhoneNumber');
    if (phone !== undefined) return { MessageId: texts.send(phone, text(form, 'Message') ?? '') };
    const arn = text(form, 'TopicArn') ?? text(form, 'TargetArn');
    if (arn === undefined)
      throw new AwsError(
        'InvalidParameter',
        'Invalid parameter: TopicArn or TargetArn Reason: no value for required parameter',
      );
    return { MessageId: topics.publish(topics.get(arn), publicationOf(form)) };
  },
  PublishBatch: (form, topics) => {
    const topic = topics.get(text(form, 'TopicArn') ?? '');
    const entries = listOf(form['PublishBatchRequestEntries'], 'member');
    if (entries.length === 0)
      throw new AwsError('EmptyBatchRequest', 'The batch request does not contain any entries.');
    if (entries.length > 10)
      throw new AwsError('TooManyEntriesInBatchRequest', 'The batch request contains more entries than permissible.');
    if (new Set(entries.map((entry) => text(entry, 'Id'))).size < entries.length)
      throw new AwsError('BatchEntryIdsNotDistinct', 'Two or more batch entries in the request have the same Id.');
    const Successful: Result[] = [];
    const Failed: Result[] = [];
    for (const entry of entries) {
      const Id = text(entry, 'Id') ?? '';
      try {
        Successful.push({ Id, MessageId: topics.publish(topic, publicationOf(entry)) });
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        Failed.push({ Id, Code: error.code, Message: error.message, SenderFault: 'true' });
      }
    }
    return { Successful, Failed };
  },
  ListTopics: (_, topics) => ({ Topics: topics.all().map(({ arn }) => ({ TopicArn: arn })) }),
  ListSubscriptionsByTopic: (form, topics) => {
    const topic = topics.get(text(form, 'TopicArn') ?? '');
    return {
      Subscriptions: topic.subscriptions.map(({ arn, protocol, endpoint }) => ({
        ...{ SubscriptionArn: arn, Protocol: protocol, Endpoint: endpoint, TopicArn: topic.arn },
        Owner: topic.arn.split(':')[4]!,
      })),
    };
  },
};

function publicationOf(form: FormNode): Publication {
  if (form['MessageGroupId'] !== undefined || form['MessageDeduplicationId'] !== undefined)
    throw new AwsError(
      'InvalidParameter',
      'Invalid parameter: MessageGroupId and MessageDeduplicationId are for FIFO topics, which the local runtime has not',
    );
  const attributes: MessageAttributes = {};
  for (const { Name, Value } of listOf(form['MessageAttributes'], 'entry'))
    attributes[String(Name)] = { ...(Value as object) } as MessageAttributes[string];
  return {
    message: text(form, 'Message') ?? '',
    subject: text(form, 'Subject'),
    structure: text(form, 'MessageStructure'),
    attributes: Object.keys(attributes).length > 0 ? attributes : undefined,
  };
}

function text(form: FormNode, name: string): string | undefined {
  const value = form[name];
  return typeof value === 'string' ? value : undefined;
}
