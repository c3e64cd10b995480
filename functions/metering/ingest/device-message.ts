/**
 * A message of a device as the topic rules hand it on. The payload travels as base64, so that what is no JSON at all
 * arrives too and is kept with its reason instead of vanishing in a rule.
 */
import { type Rejection, reject } from '../../../layers/metering/rejection-reasons.ts';

export interface DeviceMessage {
  /** Same for every delivery of the message. */
  id: string;
  topic: string;
  clientId: string;
  /** When the broker took it, milliseconds. */
  receivedMs: number;
  /** Payload in base64. */
  data: string;
}

export type TopicKind = 'data' | 'alert' | 'status' | 'infrastructure';

export interface DeviceTopic {
  kind: TopicKind;
  stationId: string;
  /** Meter or asset. */
  deviceId: string;
}

/** `SELECT` of every topic rule; each adds its `FROM`. */
export const selectMessage =
  "SELECT encode(*, 'base64') AS data, topic() AS topic, clientid() AS clientId, timestamp() AS receivedAt";

/**
 * Reads what the rules write, and what their error action writes when the queue did not take a message: sent round again
 * from the dead-letter queue, such a message is as good as the first.
 * @throws Error for anything else: a bug, so the message goes to the dead-letter queue
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/rule-error-handling.html
 */
export function readMessage(messageId: string, body: string): DeviceMessage {
  const written = JSON.parse(body) as Record<string, unknown>;
  const { topic, clientId } = written;
  const isFailure = 'base64OriginalPayload' in written;
  const data = isFailure ? written['base64OriginalPayload'] : written['data'];
  // The error action does not say when the message came.
  const receivedAt = isFailure ? Date.now() : written['receivedAt'];
  if (typeof data !== 'string' || typeof topic !== 'string' || typeof receivedAt !== 'number')
    throw new Error('Not a message of a topic rule: data, topic and receivedAt are needed.');
  return { id: messageId, topic, clientId: typeof clientId === 'string' ? clientId : '', receivedMs: receivedAt, data };
}

const topicPattern =
  /^acrel\/([A-Za-z0-9][A-Za-z0-9._-]{0,63})\/(meter|infrastructure)\/(_|[A-Za-z0-9][A-Za-z0-9._-]{0,63})\/(data|alert|status)$/;

export function readTopic(topic: string): DeviceTopic | Rejection {
  const match = topicPattern.exec(topic);
  const [, stationId, device, deviceId, suffix] = match ?? [];
  if (match === null || (device === 'infrastructure' && suffix !== 'data'))
    return reject('unknown_topic', `"${topic.slice(0, 200)}" is not like "acrel/{station}/meter/{id}/data".`);
  const kind = device === 'infrastructure' ? 'infrastructure' : (suffix as TopicKind);
  return { kind, stationId: stationId!, deviceId: deviceId! };
}
