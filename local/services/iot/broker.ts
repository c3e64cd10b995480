/**
 * The message broker: aedes (MQTT 3.1.1) made to behave as AWS IoT Core does. It knows nothing of
 * rules; it hands every accepted message to a listener.
 * Keep-alive and connect time-outs run on real time, because the devices' sockets do.
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/mqtt.html
 */
import { createServer, type Server, type Socket } from 'node:net';
import { Aedes, type AedesPublishPacket, type AuthenticateError, type Client } from 'aedes';
import type { RuntimeContext } from '../../runtime/types.ts';
import { checkConnect } from './connect-checks.ts';
import { refusePublish, refuseSubscription } from './device-checks.ts';
import type { DeviceGate } from './device-gate.ts';
import type { BrokerMetric, IotMetrics } from './iot-metrics.ts';
import { LifecycleEvents } from './lifecycle-events.ts';
import { MessageMeter } from './message-meter.ts';
import { PersistentSessions } from './persistent-sessions.ts';
import { RetainedMessages } from './retained-messages.ts';
import type { Session } from './session.ts';

export interface BrokerMessage {
  topic: string;
  payload: Buffer;
  qos: 0 | 1;
  retain: boolean;
}

/** Called for every accepted message; the session is undefined when it did not come from a device. */
export type MessageListener = (message: BrokerMessage, session: Session | undefined) => void;

export interface BrokerParts {
  ctx: RuntimeContext;
  gate: DeviceGate;
  metrics: IotMetrics;
}

export class Broker {
  readonly retained: RetainedMessages;
  readonly #ctx: RuntimeContext;
  readonly #gate: DeviceGate;
  readonly #metrics: IotMetrics;
  readonly #meter: MessageMeter;
  readonly #onMessage: MessageListener;
  readonly #sessions = new WeakMap<Client, Session>();
  readonly #sockets = new Set<Socket>();
  readonly #persistent: PersistentSessions;
  readonly #lifecycle: LifecycleEvents;
  #aedes!: Aedes;
  #server: Server | undefined;

  constructor({ ctx, gate, metrics }: BrokerParts, onMessage: MessageListener) {
    this.#ctx = ctx;
    this.#gate = gate;
    this.#metrics = metrics;
    this.#onMessage = onMessage;
    this.#meter = new MessageMeter(ctx);
    this.retained = new RetainedMessages(ctx.clock);
    this.#persistent = new PersistentSessions(ctx.clock, (clientId) => this.#forget(clientId));
    this.#lifecycle = new LifecycleEvents(ctx.clock, (message) => {
      this.publish(message).catch((error: Error) => ctx.log.debug(`A lifecycle event is lost: ${error.message}`));
    });
  }

  /** Starts to listen. @returns the port */
  async start(port: number): Promise<number> {
    this.#aedes = await Aedes.createBroker({
      maxTopicLevels: 12,
      // A device may send before its CONNACK; AWS documents 100 unacknowledged publishes per client.
      queueLimit: 100,
      preConnect: (_client, packet, done) => {
        const problem = checkConnect(packet);
        if (problem !== undefined) this.#refused('Connect.ClientError', 'A connection is refused', problem);
        done(problem === undefined ? null : new Error(problem), problem === undefined);
      },
      authenticate: (client, username, password, done) => {
        this.#admit(client, username, password).then(
          () => done(null, true),
          (error: Error) => {
            this.#refused('Connect.AuthError', `MQTT client "${client.id}" is refused`, error.message);
            done(Object.assign(error, { returnCode: 5 }) as AuthenticateError, false);
          },
        );
      },
      // AWS IoT Core answers what it refuses by closing the connection: publishing and, at MQTT 3.1.1, subscribing.
      authorizePublish: (client, packet, done) => {
        const refusal = refusePublish(packet, client === null ? undefined : this.#sessions.get(client));
        if (refusal === undefined) return done(null);
        const { kind, reason } = refusal;
        this.#refused(`PublishIn.${kind}`, `MQTT client "${client?.id}" is disconnected for "${packet.topic}"`, reason);
        done(new Error(reason));
      },
      authorizeSubscribe: (client, subscription, done) => {
        const refusal = refuseSubscription(subscription, this.#sessions.get(client), subscriptionsOf(client).length);
        if (refusal === undefined) return done(null, subscription);
        const { kind, reason } = refusal;
        this.#refused(
          `Subscribe.${kind}`,
          `MQTT client "${client.id}" is disconnected for "${subscription.topic}"`,
          reason,
        );
        done(new Error(reason));
      },
      authorizeForward: (client, packet) => (this.#mayReceive(client, packet) ? packet : null),
      published: (packet, client, done) => {
        this.#published(packet, client ?? undefined);
        done();
      },
    });
    this.#aedes.on(
      'error' as 'closed',
      ((error: Error) => {
        this.#ctx.log.error('The MQTT broker failed at a message', { error: error.stack });
      }) as () => void,
    );
    this.#aedes.on('client', (client) => this.#connected(client));
    this.#aedes.on('clientDisconnect', (client) => this.#disconnected(client));
    this.#server = createServer((socket) => this.#accept(socket));
    const bound = await listen(this.#server, port);
    this.#meter.start(() => this.#aedes.connectedClients);
    return bound;
  }

  async stop(): Promise<void> {
    if (this.#server === undefined) return;
    this.#meter.stop();
    const closed = new Promise<void>((resolve) => this.#server!.close(() => resolve()));
    await new Promise<void>((resolve) => this.#aedes.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
    this.#persistent.stop();
  }

  get connections(): number {
    return this.#aedes?.connectedClients ?? 0;
  }

  /** Publishes for the platform itself: the data plane API, republish actions, lifecycle events. */
  publish(message: BrokerMessage): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (error?: Error): void => (error ? reject(error) : resolve());
      this.#aedes.publish({ cmd: 'publish', dup: false, ...message }, done);
    });
  }

  async #admit(client: Client, username: string | undefined, password: Buffer | undefined): Promise<void> {
    const { remoteAddress = '127.0.0.1' } = client.conn as Socket;
    const facts = {
      username,
      password,
      clientId: client.id,
      clientIdSent: !client.id.startsWith('$GEN/'),
      sourceIp: remoteAddress.replace(/^::ffff:/, ''),
    };
    const session = await this.#gate.admit(facts);
    this.#sessions.set(client, session);
  }

  async #refresh(client: Client, session: Session): Promise<void> {
    try {
      await this.#gate.refresh(session);
    } catch (error) {
      this.#ctx.log.warn(`MQTT client "${client.id}" disconnected at policy refresh: ${(error as Error).message}`);
      client.close();
    }
  }

  #refused(metric: BrokerMetric, what: string, reason: string): void {
    this.#metrics.broker(metric);
    this.#ctx.log.warn(`${what}: ${reason}`);
  }

  #mayReceive(client: Client, packet: AedesPublishPacket): boolean {
    // "The topic filter must match the retained message's topic exactly": wildcards get none.
    if (packet.retain && !subscriptionsOf(client).includes(packet.topic)) return false;
    const allowed = this.#sessions.get(client)?.allows('iot:Receive', 'topic', packet.topic) ?? false;
    if (allowed) {
      this.#meter.delivered(packet.payload.length);
      this.#metrics.broker('PublishOut.Success');
    }
    return allowed;
  }

  #published(packet: AedesPublishPacket, client: Client | undefined): void {
    const { topic } = packet;
    if (topic.startsWith('$SYS/')) return;
    const message: BrokerMessage = {
      topic,
      payload: packet.payload as Buffer,
      qos: packet.qos === 0 ? 0 : 1,
      retain: packet.retain,
    };
    // What AWS itself tells about connections is no billed message.
    if (!topic.startsWith('$aws/events/')) this.#meter.received(topic, message.payload.length);
    if (message.retain) this.retained.keep(message);
    const session = client && this.#sessions.get(client);
    if (session !== undefined) this.#metrics.broker('PublishIn.Success');
    this.#onMessage(message, session);
    // At QoS 1 the device repeats what it holds for unacknowledged: everyone downstream sees it twice.
    if (message.qos === 1 && client !== undefined && this.#ctx.faults.strike('iot.duplicate', topic)) {
      this.#onMessage(message, session);
      if (!topic.startsWith('$')) this.#redeliver(message);
    }
  }

  #redeliver(message: BrokerMessage): void {
    const { mq, id } = this.#aedes as unknown as { mq: { emit(packet: object): void }; id: string; counter: number };
    const counter = ++(this.#aedes as unknown as { counter: number }).counter;
    mq.emit({ cmd: 'publish', ...message, retain: false, dup: true, brokerId: id, brokerCounter: counter });
  }

  #connected(client: Client): void {
    const session = this.#sessions.get(client);
    this.#persistent.resumed(client.id);
    this.#meter.connected();
    this.#metrics.broker('Connect.Success');
    if (session === undefined) return;
    session.startTimers(
      () => void this.#refresh(client, session),
      () => client.close(),
    );
    this.#lifecycle.connected(session);
  }

  #disconnected(client: Client): void {
    const session = this.#sessions.get(client);
    if (!client.clean) this.#persistent.left(client.id);
    if (session === undefined) return;
    session.stopTimers();
    if (!this.#aedes.closed)
      this.#lifecycle.disconnected(session, (client as unknown as { _disconnected: boolean })._disconnected);
  }

  #forget(clientId: string): void {
    const { persistence } = this.#aedes as unknown as {
      persistence: { cleanSubscriptions(client: { id: string }): Promise<unknown> };
    };
    void persistence.cleanSubscriptions({ id: clientId });
  }

  #accept(socket: Socket): void {
    socket.setNoDelay(true);
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    this.#aedes.handle(socket);
  }
}

/** The filters a client holds; aedes keeps them without declaring the member. */
function subscriptionsOf(client: Client): string[] {
  return Object.keys((client as unknown as { subscriptions: object }).subscriptions);
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // On this machine alone, as everything else: without an authorizer anyone who reaches it may do anything.
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
