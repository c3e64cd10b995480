/** What ReceiveMessage shows of a message, and the attributes the event source mapping shares with it. */
import { type MessageAttributes, md5OfAttributes, type QueuedMessage } from './message.ts';

/** System attributes by name, as strings. @see API Reference, ReceiveMessage, "MessageSystemAttributeNames" */
export function systemAttributes(message: QueuedMessage): Record<string, string> {
  const attributes: Record<string, string | undefined> = {
    ApproximateReceiveCount: String(message.receiveCount),
    SentTimestamp: String(Math.floor(message.sentAt)),
    SenderId: message.senderId,
    ApproximateFirstReceiveTimestamp: String(Math.floor(message.firstReceivedAt ?? 0)),
    SequenceNumber: message.sequenceNumber,
    MessageGroupId: message.groupId,
    MessageDeduplicationId: message.deduplicationId,
    DeadLetterQueueSourceArn: message.deadLetterSourceArn,
    AWSTraceHeader: message.traceHeader,
  };
  for (const name of Object.keys(attributes)) if (attributes[name] === undefined) delete attributes[name];
  return attributes as Record<string, string>;
}

/** One element of the ReceiveMessage answer with the attributes that were asked for. */
export function receiveView(message: QueuedMessage, systemNames: string[], attributeNames: string[]): object {
  const system = systemAttributes(message);
  const wanted = systemNames.includes('All')
    ? system
    : Object.fromEntries(Object.entries(system).filter(([name]) => systemNames.includes(name)));
  const attributes = selectAttributes(message.attributes ?? {}, attributeNames);
  const hasAttributes = Object.keys(attributes).length > 0;
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.receiptHandle,
    Body: message.body,
    MD5OfBody: message.md5OfBody,
    ...(Object.keys(wanted).length > 0 && { Attributes: wanted }),
    ...(hasAttributes && { MessageAttributes: attributes, MD5OfMessageAttributes: md5OfAttributes(attributes) }),
  };
}

/** `All` and `.*` ask for everything, `bar.*` for a prefix. @see ReceiveMessage, "MessageAttributeNames" */
function selectAttributes(attributes: MessageAttributes, names: string[]): MessageAttributes {
  const isWanted = (name: string) =>
    names.some((asked) => {
      if (asked === 'All' || asked === '.*') return true;
      return asked.endsWith('.*') ? name.startsWith(asked.slice(0, -2)) : asked === name;
    });
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => isWanted(name)));
}
