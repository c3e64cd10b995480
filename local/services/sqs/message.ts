/**
 * What a queue stores and hands out, and the rules a message must meet before it is accepted.
 * Limits and checksums follow the Amazon SQS API Reference (SendMessage) and Developer Guide
 * ("Amazon SQS message quotas", "Calculating the MD5 message digest for message attributes").
 */
import { createHash } from 'node:crypto';
import { AwsError } from '../../runtime/types.ts';

/** 1 MiB since August 2025: body and attributes of a message, and the sum over a batch. */
export const MAX_MESSAGE_BYTES = 1_048_576;

export interface MessageAttribute {
  DataType: string;
  StringValue?: string;
  /** Base64, as the JSON protocol carries it. */
  BinaryValue?: string;
}

export type MessageAttributes = Record<string, MessageAttribute>;

export interface SendEntry {
  body: string;
  attributes?: MessageAttributes | undefined;
  delaySeconds?: number | undefined;
  groupId?: string | undefined;
  deduplicationId?: string | undefined;
  traceHeader?: string | undefined;
}

export type MessageState = 'delayed' | 'visible' | 'in-flight' | 'deleted';

/** A message inside its queue; only the queue changes it. */
export interface QueuedMessage {
  readonly messageId: string;
  readonly body: string;
  readonly md5OfBody: string;
  readonly attributes: MessageAttributes | undefined;
  readonly md5OfAttributes: string | undefined;
  readonly traceHeader: string | undefined;
  readonly senderId: string;
  readonly groupId: string | undefined;
  readonly deduplicationId: string | undefined;
  readonly sequenceNumber: string | undefined;
  readonly deadLetterSourceArn: string | undefined;
  readonly sentAt: number;
  /** When it came into this queue: for a dead letter later than it was sent. */
  readonly enteredAt: number;
  readonly bytes: number;
  state: MessageState;
  receiveCount: number;
  firstReceivedAt: number | undefined;
  /** When a delayed or in-flight message can be received (again). */
  visibleAt: number;
  receiptHandle: string | undefined;
  /** Position in the queue's deadline heap, -1 when it has no deadline. */
  heapIndex: number;
  /** True once a row of it is on disk. */
  stored: boolean;
}

/** SQS allows XML characters only. @see SendMessage, "Important" */
const FORBIDDEN_CHARACTER =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the control characters are what is refused
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

/** Refuses what SQS refuses and returns the billed and limited size in bytes. */
export function checkEntry(entry: SendEntry, maximumBytes: number): number {
  if (typeof entry.body !== 'string' || entry.body.length === 0)
    throw new AwsError('MissingParameter', 'The request must contain the parameter MessageBody.');
  if (FORBIDDEN_CHARACTER.test(entry.body))
    throw new AwsError('InvalidMessageContents', 'The message contains characters outside the allowed set.');
  const delay = entry.delaySeconds;
  if (delay !== undefined && !(Number.isInteger(delay) && delay >= 0 && delay <= 900))
    throw invalid(
      `Value ${delay} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.`,
    );
  const bytes = sizeOf(entry);
  if (bytes > maximumBytes)
    throw invalid(`One or more parameters are invalid. Reason: Message must be shorter than ${maximumBytes} bytes.`);
  return bytes;
}

function sizeOf(entry: SendEntry): number {
  let bytes = Buffer.byteLength(entry.body);
  if (entry.attributes === undefined) return bytes;
  const names = Object.keys(entry.attributes);
  if (names.length > 10)
    throw invalid(`Number of message attributes [${names.length}] exceeds the allowed maximum [10].`);
  for (const name of names) {
    const { DataType, StringValue, BinaryValue } = entry.attributes[name]!;
    if (!/^(String|Number|Binary)(\.|$)/.test(DataType ?? ''))
      throw invalid(
        `The type of message (user) attribute '${name}' is invalid. You must use only the following supported type prefixes: Binary, Number, String.`,
      );
    if (DataType.startsWith('Binary') ? !BinaryValue : !StringValue)
      throw invalid(`Message (user) attribute '${name}' must contain a non-empty value of type '${DataType}'.`);
    bytes += Buffer.byteLength(name) + Buffer.byteLength(DataType) + bytesOf(entry.attributes[name]!).length;
  }
  return bytes;
}

export function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterValue', message);
}

export function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

/** Names sorted; each name, type and value with a 4-byte length, and one byte telling string from binary. */
export function md5OfAttributes(attributes: MessageAttributes): string {
  const hash = createHash('md5');
  const field = (bytes: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  };
  for (const name of Object.keys(attributes).sort()) {
    const attribute = attributes[name]!;
    field(Buffer.from(name));
    field(Buffer.from(attribute.DataType));
    hash.update(Buffer.from([attribute.DataType.startsWith('Binary') ? 2 : 1]));
    field(bytesOf(attribute));
  }
  return hash.digest('hex');
}

function bytesOf(attribute: MessageAttribute): Buffer {
  return attribute.DataType.startsWith('Binary')
    ? Buffer.from(attribute.BinaryValue ?? '', 'base64')
    : Buffer.from(attribute.StringValue ?? '');
}
