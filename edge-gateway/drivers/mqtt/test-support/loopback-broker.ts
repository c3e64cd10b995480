/** Brokers on loopback for the driver's tests: aedes for MQTT 3.1.1, and as much of MQTT 5 as one client needs. */
import { createServer, type Server, type Socket } from 'node:net';
import { Aedes } from 'aedes';
import { generate, type Packet, parser } from 'mqtt-packet';

interface Published {
  topic: string;
  payload: string;
  qos: number;
  expiry: number | undefined;
}

interface Backend {
  accept(socket: Socket): void;
  tell(topic: string, payload: string, retain: boolean): void;
  close(): Promise<void>;
}

interface BackendEvents {
  subscribed(topic: string): void;
  published(message: Published): void;
}

export class LoopbackBroker {
  port = 0;
  readonly published: Published[] = [];
  onSubscribe: (topic: string) => void = () => {};
  onPublish: (topic: string, payload: string) => void = () => {};
  readonly #version: '3.1.1' | '5';
  readonly #sockets = new Set<Socket>();
  #backend: Backend | undefined;
  #server: Server | undefined;

  constructor(version: '3.1.1' | '5' = '5') {
    this.#version = version;
  }

  async listen(): Promise<this> {
    const events: BackendEvents = {
      subscribed: (topic) => this.onSubscribe(topic),
      published: (message) => {
        this.published.push(message);
        this.onPublish(message.topic, message.payload);
      },
    };
    const backend = this.#version === '5' ? version5(events) : await version311(events);
    this.#backend = backend;
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => this.#sockets.delete(socket));
      backend.accept(socket);
    });
    await new Promise<void>((resolve) => this.#server!.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.#server.address() as { port: number }).port;
    return this;
  }

  get openLines(): number {
    return this.#sockets.size;
  }

  tell(topic: string, document: unknown, retain = false): void {
    this.#backend?.tell(topic, typeof document === 'string' ? document : JSON.stringify(document), retain);
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => (this.#server ? this.#server.close(() => resolve()) : resolve()));
    await this.#backend?.close();
    this.#server = undefined;
    this.#backend = undefined;
  }
}

async function version311(events: BackendEvents): Promise<Backend> {
  const broker = await Aedes.createBroker();
  broker.on('subscribe', (subscriptions) => {
    for (const { topic } of subscriptions) events.subscribed(topic);
  });
  broker.on('publish', ({ topic, qos, payload }, client) => {
    if (client) events.published({ topic, qos, payload: payload.toString(), expiry: undefined });
  });
  return {
    accept: (socket) => void broker.handle(socket),
    tell: (topic, payload, retain) =>
      broker.publish({ cmd: 'publish', qos: 0, dup: false, retain, topic, payload }, () => {}),
    close: () => new Promise((resolve) => broker.close(() => resolve())),
  };
}

function version5(events: BackendEvents): Backend {
  const clients = new Map<Socket, Set<string>>();
  const retained = new Map<string, string>();
  const send = (socket: Socket, packet: Packet): void => void socket.write(generate(packet, { protocolVersion: 5 }));
  const publish = (socket: Socket, topic: string, payload: string, retain: boolean): void =>
    send(socket, { cmd: 'publish', topic, payload, qos: 0, dup: false, retain });
  const subscribe = (socket: Socket, packet: Extract<Packet, { cmd: 'subscribe' }>): void => {
    send(socket, { cmd: 'suback', messageId: packet.messageId!, granted: packet.subscriptions.map(() => 1) });
    for (const { topic } of packet.subscriptions) {
      clients.get(socket)!.add(topic);
      const kept = retained.get(topic);
      if (kept !== undefined) publish(socket, topic, kept, true);
      events.subscribed(topic);
    }
  };
  const take = (socket: Socket, packet: Extract<Packet, { cmd: 'publish' }>): void => {
    const { topic, qos, properties, messageId, payload } = packet;
    // 0x87: not authorized.
    if (qos === 1) send(socket, { cmd: 'puback', messageId: messageId!, reasonCode: topic === 'forbidden' ? 0x87 : 0 });
    events.published({ topic, qos, payload: payload.toString(), expiry: properties?.messageExpiryInterval });
  };
  const handle = (socket: Socket, packet: Packet): void => {
    const reasonCode = packet.cmd === 'connect' && packet.protocolVersion !== 5 ? 0x84 : 0;
    if (packet.cmd === 'connect') send(socket, { cmd: 'connack', sessionPresent: false, reasonCode });
    else if (packet.cmd === 'subscribe') subscribe(socket, packet);
    else if (packet.cmd === 'publish') take(socket, packet);
    else if (packet.cmd === 'pingreq') send(socket, { cmd: 'pingresp' });
  };
  return {
    accept(socket) {
      const reader = parser({ protocolVersion: 5 });
      clients.set(socket, new Set());
      socket.on('close', () => clients.delete(socket));
      reader.on('packet', (packet) => handle(socket, packet));
      socket.on('data', (chunk) => reader.parse(chunk));
    },
    tell(topic, payload, retain) {
      if (retain) retained.set(topic, payload);
      for (const [socket, topics] of clients) if (topics.has(topic)) publish(socket, topic, payload, false);
    },
    close: () => Promise.resolve(),
  };
}
