/** What a connected device may publish and subscribe to: the limits of the service first, then its policies. */
import type { PublishPacket, Subscription } from 'aedes';
import type { Session } from './session.ts';
import { basicIngest, MAX_PAYLOAD_BYTES, topicLimitProblem } from './topics.ts';

const MAX_SUBSCRIPTIONS = 50;

export interface Refusal {
  /** Whether a policy or a limit refuses, as the metrics tell apart. */
  kind: 'AuthError' | 'ClientError';
  reason: string;
}

/** Why AWS IoT Core would close the connection of a device that publishes this; undefined when it takes it. */
export function refusePublish(packet: PublishPacket, session: Session | undefined): Refusal | undefined {
  const { topic, payload, qos, retain } = packet;
  const refusedAs = (kind: Refusal['kind'], reason: string): Refusal => ({ kind, reason });
  if (qos > 1) return refusedAs('ClientError', 'QoS 2 is not supported');
  if (payload.length > MAX_PAYLOAD_BYTES) return refusedAs('ClientError', 'The payload is larger than 128 KB');
  const limit = topicLimitProblem(topic);
  if (limit !== undefined) return refusedAs('ClientError', limit);
  const reserved = topic.startsWith('$');
  if (reserved && retain) return refusedAs('ClientError', 'A reserved topic takes no retained message');
  if (reserved && basicIngest(topic) === undefined) return refusedAs('AuthError', 'The topic is reserved');
  if (session === undefined) return undefined;
  if (!session.allows('iot:Publish', 'topic', topic)) return refusedAs('AuthError', 'iot:Publish is not allowed');
  if (retain && !session.allows('iot:RetainPublish', 'topic', topic))
    return refusedAs('AuthError', 'iot:RetainPublish is not allowed');
  return undefined;
}

/**
 * Why a subscription is refused; undefined when it is granted.
 * @param held how many subscriptions the connection has already
 */
export function refuseSubscription(
  { topic, qos }: Subscription,
  session: Session | undefined,
  held: number,
): Refusal | undefined {
  const tooMany = held >= MAX_SUBSCRIPTIONS ? `More than ${MAX_SUBSCRIPTIONS} subscriptions` : undefined;
  const limit = topicLimitProblem(topic) ?? (qos > 1 ? 'QoS 2 is not supported' : tooMany);
  if (limit !== undefined) return { kind: 'ClientError', reason: limit };
  // Basic Ingest passes no broker, so nobody can listen to it.
  const allowed = !topic.startsWith('$aws/rules/') && session?.allows('iot:Subscribe', 'topicfilter', topic);
  return allowed ? undefined : { kind: 'AuthError', reason: 'iot:Subscribe is not allowed' };
}
