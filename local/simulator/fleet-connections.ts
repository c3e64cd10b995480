/**
 * The fleet's MQTT connections. AWS IoT Core allows 50 subscriptions on a connection and 8 in a request, so a
 * large fleet uses several connections, each for some of its stations.
 * @see https://docs.aws.amazon.com/general/latest/gr/iot-core.html#message-broker-limits
 */
import { connectAsync, type MqttClient } from 'mqtt';
import { commandTopics, type FleetMessage } from './messages.ts';

const STATIONS_PER_CONNECTION = 50;
const SUBSCRIPTIONS_PER_REQUEST = 8;

export interface BrokerAccess {
  mqttUrl: string;
  username?: string | undefined;
  password?: string | undefined;
  /** A fleet of several connections numbers them: `{clientId}-2` … */
  clientId?: string | undefined;
}

export class FleetConnections {
  readonly #clientOf = new Map<string, MqttClient>();
  readonly #clients: MqttClient[] = [];

  private constructor() {}

  /**
   * Connects and listens for commands; the library reconnects and subscribes again by itself.
   * @throws Error when the broker cannot be reached, or refuses the credential or a subscription
   */
  static async open(
    access: BrokerAccess,
    stationIds: string[],
    onCommand: (topic: string, payload: Buffer) => void,
  ): Promise<FleetConnections> {
    const connections = new FleetConnections();
    try {
      for (const [i, group] of chunks(stationIds, STATIONS_PER_CONNECTION).entries())
        await connections.#connect(access, i, group, onCommand);
    } catch (error) {
      await connections.close();
      throw error;
    }
    return connections;
  }

  publish(message: FleetMessage, done: (error: Error | undefined) => void): void {
    const stationId = message.topic.split('/', 2)[1]!;
    this.#clientOf
      .get(stationId)!
      .publish(message.topic, message.payload, { qos: 1 }, (error) => done(error ?? undefined));
  }

  /** @param force cuts the connections though something is not acknowledged. @default false */
  async close(force = false): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.endAsync(force)));
  }

  async #connect(
    { mqttUrl, username, password, clientId }: BrokerAccess,
    index: number,
    stationIds: string[],
    onCommand: (topic: string, payload: Buffer) => void,
  ): Promise<void> {
    const name = clientId !== undefined && index > 0 ? `${clientId}-${index + 1}` : clientId;
    const options = { username, password, clientId: name, reconnectPeriod: 1_000 };
    // The first attempt is not repeated: a wrong address or password should be seen at once.
    const client = await connectAsync(mqttUrl, options, false);
    this.#clients.push(client);
    for (const stationId of stationIds) this.#clientOf.set(stationId, client);
    client.on('message', onCommand);
    // Station by station: a credential may listen under its own stations and not under a wildcard.
    for (const topics of chunks(stationIds.map(commandTopics), SUBSCRIPTIONS_PER_REQUEST))
      await client.subscribeAsync(topics, { qos: 1 }).catch((error: Error) => {
        throw new Error(`The broker refused to let the fleet listen to ${topics.join(', ')}: ${error.message}`);
      });
  }
}

function chunks<T>(values: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, i) => values.slice(i * size, (i + 1) * size));
}
