/** A subscription of a topic: where messages go and which. @see Amazon SNS Developer Guide, "Subscription filter policies" */
import { ConfigurationError } from '../../runtime/types.ts';
import { parseStructured } from '../event-sources/record-filter.ts';
import { compilePattern } from '../eventbridge/pattern.ts';
import type { MessageAttributes } from '../sqs/message.ts';
import type { Publication } from './topics.ts';

export interface Subscription {
  arn: string;
  protocol: 'sqs' | 'lambda' | 'email' | 'email-json';
  endpoint: string;
  isRaw: boolean;
  deadLetterArn: string | undefined;
  accepts(publication: Publication): boolean;
}

const KNOWN = [
  'TopicArn',
  'Protocol',
  'Endpoint',
  'RawMessageDelivery',
  'FilterPolicy',
  'FilterPolicyScope',
  'RedrivePolicy',
  'Region',
];

export function readSubscription(properties: Record<string, any>, arn: string): Subscription {
  const refuse = (reason: string): never => {
    throw new ConfigurationError(`Subscription of ${properties['TopicArn']}: ${reason}`);
  };
  for (const property of Object.keys(properties))
    if (!KNOWN.includes(property)) refuse(`the local runtime does not know the property ${property}.`);
  const protocol = properties['Protocol'];
  if (!['sqs', 'lambda', 'email', 'email-json'].includes(protocol))
    refuse(`the local runtime delivers to sqs, lambda and email, not to ${protocol}.`);
  const endpoint = properties['Endpoint'];
  if (typeof endpoint !== 'string') refuse('it has no Endpoint.');
  if (protocol === 'sqs' && endpoint.endsWith('.fifo')) refuse('a standard topic cannot deliver to a FIFO queue.');
  const redrive = properties['RedrivePolicy'];
  const policy = typeof redrive === 'string' ? JSON.parse(redrive) : redrive;
  return {
    ...{ arn, protocol, endpoint },
    isRaw: String(properties['RawMessageDelivery'] ?? false) === 'true',
    deadLetterArn: policy?.['deadLetterTargetArn'],
    accepts: compileFilterPolicy(properties['FilterPolicy'], properties['FilterPolicyScope'], refuse),
  };
}

function compileFilterPolicy(
  policy: object | string | undefined,
  scope: string | undefined,
  refuse: (reason: string) => never,
): Subscription['accepts'] {
  if (policy === undefined) return () => true;
  try {
    const matches = compilePattern(policy);
    if (scope !== 'MessageBody') return ({ attributes }) => matches(filterable(attributes ?? {}));
    return ({ message }) => {
      const body = parseStructured(message);
      return body !== undefined && matches(body);
    };
  } catch (cause) {
    return refuse((cause as Error).message);
  }
}

/** Attribute values as the filter sees them: numbers as numbers, `String.Array` as its elements. */
function filterable(attributes: MessageAttributes): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { DataType, StringValue }]) => {
      if (DataType === 'Number') return [name, Number(StringValue)];
      if (DataType === 'String.Array') return [name, parseStructured(StringValue) ?? StringValue];
      return [name, StringValue];
    }),
  );
}
