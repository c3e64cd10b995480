/** The platform's end for tests: a real MQTT broker, what gateways told it, and what it says to them. */
import { createServer, type Server, type Socket } from 'node:net';
import { Aedes } from 'aedes';
import {
  type Alarm,
  type CommandMessage,
  type ConfigDownMessage,
  type ConfigUpMessage,
  configDownCodec,
  configUpCodec,
  decodeAlarms,
  decodeValues,
  encodeCommand,
  type HealthMessage,
  healthCodec,
  type PackedConfiguration,
  packConfiguration,
  partOf,
  type ReportedValue,
  type ResultMessage,
  resultCodec,
  type StatusChange,
  statusCodec,
} from '../../../layers/station/messages.ts';
import type { StationConfiguration } from '../../../layers/station/station-configuration.ts';
import { downTopic, readUpTopic } from '../../../layers/station/topics.ts';

export interface TestPlatform {
  port: number;
  url: string;
  /** Each recorded message once, however often it came. */
  values: ReportedValue[];
  /** Those values as their messages brought them. */
  batches: { kind: 'values' | 'events'; seq: number; values: ReportedValue[] }[];
  alarms: Alarm[];
  status: StatusChange[];
  results: ResultMessage[];
  health: HealthMessage[];
  config: ConfigUpMessage[];
  /** Messages that had come before. */
  repeated: number;
  publish(stationId: string, command: CommandMessage): Promise<void>;
  announce(configuration: StationConfiguration): Promise<void>;
  /** Cuts every connection and listens no more. */
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
  close(): Promise<void>;
}

export async function startTestPlatform(): Promise<TestPlatform> {
  const aedes = await Aedes.createBroker();
  const seen = new Set<string>();
  let packed: PackedConfiguration | undefined;
  let server: Server;
  const sockets = new Set<Socket>();
  /** Also those that have not said who they are. */
  const stopListening = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  const listen = (port: number): Promise<void> => {
    server = createServer((socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      aedes.handle(socket);
    });
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
  };
  const send = (topic: string, payload: Buffer): Promise<void> =>
    new Promise((resolve, reject) => {
      const packet = { cmd: 'publish' as const, topic, payload, qos: 1 as const, retain: false, dup: false };
      aedes.publish(packet, (error) => (error ? reject(error) : resolve()));
    });
  const down = (stationId: string, message: ConfigDownMessage): Promise<void> =>
    send(downTopic(stationId, 'config'), configDownCodec.encode(message));
  const announcement = (): ConfigDownMessage =>
    packed
      ? { type: 'announce', version: packed.version, sha256: packed.sha256, parts: packed.parts, timeMs: Date.now() }
      : { type: 'current', version: null, timeMs: Date.now() };
  const isNew = ({ storeId, seq }: { storeId: string; seq: number }): boolean => {
    const key = `${storeId}/${seq}`;
    if (seen.has(key)) platform.repeated++;
    else return Boolean(seen.add(key));
    return false;
  };

  const platform: TestPlatform = {
    port: 0,
    url: '',
    values: [],
    batches: [],
    alarms: [],
    status: [],
    results: [],
    health: [],
    config: [],
    repeated: 0,
    publish: (stationId, command) => send(downTopic(stationId, 'commands'), encodeCommand(command)),
    announce(configuration) {
      packed = packConfiguration(configuration);
      return down(configuration.stationId, announcement());
    },
    goAway: stopListening,
    comeBack: () => listen(platform.port),
    async close() {
      await new Promise<void>((resolve) => aedes.close(resolve));
      await stopListening();
    },
  };

  aedes.on('publish', (packet) => {
    const topic = readUpTopic(packet.topic);
    if (!topic) return;
    const payload = packet.payload as Buffer;
    switch (topic.kind) {
      case 'values':
      case 'events': {
        const message = decodeValues(payload);
        if (!isNew(message)) return;
        platform.values.push(...message.values);
        platform.batches.push({ kind: topic.kind, seq: message.seq, values: message.values });
        return;
      }
      case 'alarms': {
        const message = decodeAlarms(payload);
        if (isNew(message)) platform.alarms.push(...message.alarms);
        return;
      }
      case 'status': {
        const message = statusCodec.decode(payload);
        if (isNew(message)) platform.status.push(...message.changes);
        return;
      }
      case 'results': {
        const message = resultCodec.decode(payload);
        if (isNew(message)) platform.results.push(message);
        return;
      }
      case 'health':
        platform.health.push(healthCodec.decode(payload));
        return;
      case 'config': {
        const message = configUpCodec.decode(payload);
        platform.config.push(message);
        if (message.type !== 'request') return;
        void down(topic.stationId, message.part === 0 ? announcement() : partOf(packed!, message.part));
      }
    }
  });
  await listen(0);
  platform.port = (server!.address() as { port: number }).port;
  platform.url = `mqtt://127.0.0.1:${platform.port}`;
  return platform;
}
