/** From messages to readings: decodes them, finds their tenants, and says of every one that is unfit why. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { decodeMessage, readReading } from '../../../layers/metering/reading-message.ts';
import { isRejection, type Rejection, reject } from '../../../layers/metering/rejection-reasons.ts';
import type { Arrival } from './accept-readings.ts';
import { type DeviceMessage, type DeviceTopic, readTopic } from './device-message.ts';
import { stationSessions } from './station-tenants.ts';

/** A message, or one element of a message, that was not accepted. */
export interface Refusal {
  message: DeviceMessage;
  rejection: Rejection;
  topic?: DeviceTopic;
  /** The tenant, when the topic names a station somebody owns. */
  session?: TenantSession | undefined;
  meterId?: string | undefined;
}

/** A message whose topic and owner are known. */
export interface OwnedMessage {
  message: DeviceMessage;
  topic: DeviceTopic;
  session: TenantSession;
}

export async function findOwners(
  messages: readonly DeviceMessage[],
): Promise<{ owned: OwnedMessage[]; refusals: Refusal[] }> {
  const topics = messages.map(({ topic }) => readTopic(topic));
  const stations = new Set<string>();
  for (const topic of topics) if (!isRejection(topic)) stations.add(topic.stationId);
  const sessions = await stationSessions(stations);
  const owned: OwnedMessage[] = [];
  const refusals: Refusal[] = [];
  messages.forEach((message, i) => {
    const topic = topics[i]!;
    if (isRejection(topic)) {
      refusals.push({ message, rejection: topic });
      return;
    }
    const session = sessions.get(topic.stationId);
    if (session !== undefined) owned.push({ message, topic, session });
    else
      refusals.push({
        message,
        topic,
        rejection: reject('unknown_station', `Station "${topic.stationId}" is not registered.`),
        meterId: topic.deviceId,
      });
  });
  return { owned, refusals };
}

/** Each arrival goes with the refusal it would become. */
export interface ReadArrival {
  arrival: Arrival;
  owned: OwnedMessage;
  /** The element of an array message; undefined when the message is one reading. */
  element?: unknown;
}

export function readArrivals(owned: OwnedMessage, arrivals: ReadArrival[], refusals: Refusal[]): void {
  const { message, topic, session } = owned;
  const refuse = (rejection: Rejection, element?: unknown): void => {
    refusals.push(toRefusal(owned, rejection, element));
  };
  const decoded = decodeMessage(message.data);
  if (isRejection(decoded)) {
    refuse(decoded);
    return;
  }
  const { value } = decoded;
  const isBatch = Array.isArray(value);
  const via = `${topic.stationId}/${topic.deviceId}`;
  if (isBatch && value.length === 0) refuse(reject('invalid_payload', 'The array holds no reading.'));
  for (const element of isBatch ? (value as unknown[]) : [value]) {
    const reading = readReading(element, topic.deviceId);
    if (isRejection(reading)) {
      refuse(reading, isBatch ? element : undefined);
      continue;
    }
    const arrival: Arrival = {
      session,
      reading,
      stationId: topic.stationId,
      receivedMs: message.receivedMs,
      source: 'mqtt',
      origin: message.id,
      via,
    };
    arrivals.push(isBatch ? { arrival, owned, element } : { arrival, owned });
  }
}

/** An element of an array is kept as a message of its own, so that it alone is tried again. */
export function toRefusal({ message, topic, session }: OwnedMessage, rejection: Rejection, element?: unknown): Refusal {
  const own =
    element === undefined ? message : { ...message, data: Buffer.from(JSON.stringify(element)).toString('base64') };
  const reported = (element as { meter_id?: unknown } | null | undefined)?.meter_id;
  const meterId =
    topic.deviceId === '_' ? (typeof reported === 'string' ? reported.slice(0, 64) : undefined) : topic.deviceId;
  return { message: own, rejection, topic, session, meterId };
}
