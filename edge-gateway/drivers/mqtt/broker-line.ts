/**
 * The connection to a broker: opened, subscribed, opened again with growing pauses. Each attempt is a new client without
 * a store, so that nothing published before a break is ever sent again behind one's back.
 */
import { connect, type IClientOptions, type IPublishPacket, type MqttClient } from 'mqtt';
import type { DriverContext } from '../../runtime/driver.ts';
import { secretText, tlsOptionsOf } from '../secret-setting.ts';
import type { MqttConnection } from './settings.ts';

export interface BrokerMessage {
  topic: string;
  payload: Buffer;
  isRetained: boolean;
}

export interface BrokerEvents {
  connecting(): void;
  online(): void;
  offline(reason: string): void;
  /** The next message waits until this is done. */
  message(message: BrokerMessage): void | Promise<void>;
}

/** The broker's receipt of a message, or its refusal. */
export type Receipt = 'taken' | { refused: string } | { lost: string };

export class BrokerLine {
  readonly #connection: MqttConnection;
  readonly #context: DriverContext;
  readonly #events: BrokerEvents;
  readonly #topics: readonly string[];
  #client: MqttClient | undefined;
  #isOnline = false;
  #isStopped = false;
  #attempts = 0;
  #retry: { cancel(): void } | undefined;
  readonly statistics = { requests: 0, reconnects: 0, bytesIn: 0, bytesOut: 0 };

  constructor(connection: MqttConnection, topics: readonly string[], context: DriverContext, events: BrokerEvents) {
    this.#connection = connection;
    this.#topics = topics;
    this.#context = context;
    this.#events = events;
  }

  get isOnline(): boolean {
    return this.#isOnline;
  }

  start(): void {
    this.#events.connecting();
    this.#open();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#isOnline = false;
    this.#retry?.cancel();
    await this.#client?.endAsync(true);
  }

  /** @param expiresInMs the broker drops the message after it (MQTT 5) */
  publish(topic: string, payload: string, qos: 0 | 1, expiresInMs?: number): Promise<Receipt> {
    const client = this.#client;
    if (!client || !this.#isOnline) return Promise.resolve({ refused: 'the broker is not connected' });
    this.statistics.requests += 1;
    this.statistics.bytesOut += payload.length;
    const expiry = expiresInMs !== undefined && this.#connection.version === '5';
    const properties = expiry
      ? { properties: { messageExpiryInterval: Math.max(1, Math.ceil(expiresInMs / 1000)) } }
      : {};
    return new Promise((resolve) => {
      const lost = (): void => resolve({ lost: 'the connection broke before the broker’s receipt' });
      client.once('close', lost);
      client.publish(topic, payload, { qos, ...properties }, (error) => {
        client.off('close', lost);
        if (!error) resolve('taken');
        // MQTT 5.0, section 3.4.2.1: reason codes of 0x80 and more mean that the message was not taken.
        else if ((error as { code?: unknown }).code !== undefined)
          resolve({ refused: `the broker refused: ${error.message}` });
        else resolve({ lost: error.message });
      });
    });
  }

  /** Subscribing again makes the broker send what it retains once more (MQTT 5.0, section 3.8.4). */
  async askForRetained(topics: readonly string[]): Promise<void> {
    if (this.#client && this.#isOnline) await this.#client.subscribeAsync([...topics], { qos: 1 });
  }

  #open(): void {
    let client: MqttClient;
    try {
      client = connect(this.#options());
    } catch (error) {
      this.#lost((error as Error).message);
      return;
    }
    this.#attempts += 1;
    this.#client = client;
    let reason = 'the broker closed the connection';
    client.on('error', (error) => {
      reason = error.message || String((error as { code?: string }).code);
    });
    client.on('connect', () => void this.#connected(client));
    client.on('close', () => {
      client.removeAllListeners('close');
      client.end(true);
      if (this.#client === client && !this.#isStopped) this.#lost(reason);
    });
    // The library waits with the next packet, and with the receipt of this one, until `done`.
    client.handleMessage = (packet: IPublishPacket, done) => {
      void this.#receive(packet).then(() => done());
    };
  }

  async #connected(client: MqttClient): Promise<void> {
    try {
      if (this.#topics.length > 0) {
        const grants = await client.subscribeAsync([...this.#topics], { qos: 1 });
        const refused = grants.find(({ qos }) => qos >= 128);
        if (refused) this.#context.log('warn', `the broker refused the subscription of ${refused.topic}`);
      }
    } catch (error) {
      if (!this.#isStopped) this.#context.log('warn', `subscribing failed: ${(error as Error).message}`);
      client.end(true);
      return;
    }
    if (this.#isStopped || this.#client !== client) return;
    this.#attempts = 0;
    this.#isOnline = true;
    this.#events.online();
  }

  async #receive({ topic, payload, retain }: IPublishPacket): Promise<void> {
    const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
    this.statistics.bytesIn += bytes.length;
    if (this.#isStopped) return;
    try {
      await this.#events.message({ topic, payload: bytes, isRetained: retain });
    } catch (error) {
      this.#context.log('error', `a message of ${topic} failed`, { error: error as Error });
    }
  }

  #lost(reason: string): void {
    this.#isOnline = false;
    this.#events.offline(reason);
    const { reconnectMinMs, reconnectMaxMs } = this.#connection;
    const waitMs = Math.min(reconnectMinMs * 2 ** Math.min(Math.max(this.#attempts - 1, 0), 20), reconnectMaxMs);
    this.#retry = this.#context.setTimer(() => {
      this.statistics.reconnects += 1;
      this.#open();
    }, waitMs);
  }

  #options(): IClientOptions {
    const { host, tls, version, clientId, isPersistent, keepAliveS, connectTimeoutMs, credentials, authType } =
      this.#connection;
    const port = this.#connection.port ?? (tls ? 8883 : 1883);
    const password = secretText(credentials?.password);
    return {
      protocol: tls ? 'mqtts' : 'mqtt',
      host,
      port,
      protocolVersion: version === '5' ? 5 : 4,
      clientId: clientId ?? `mizan-${crypto.randomUUID().slice(0, 8)}`,
      clean: !isPersistent,
      // MQTT 5.0, section 3.1.2.11.2: without an interval the broker forgets the session with the connection.
      ...(isPersistent && version === '5' && { properties: { sessionExpiryInterval: 86_400 } }),
      keepalive: keepAliveS,
      connectTimeout: connectTimeoutMs,
      reconnectPeriod: 0,
      queueQoSZero: false,
      ...(authType === 'basic' && { username: credentials?.username, ...(password !== undefined && { password }) }),
      ...(tls && tlsOptionsOf(this.#connection)),
    };
  }
}
