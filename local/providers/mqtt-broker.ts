/** An MQTT broker that keeps what is published to it. */
import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { Aedes } from 'aedes';
import type { Mode } from './types.ts';

const user = 'mizan';
const password = 'simulatedMqttPassword01';

export interface Broker {
  port: number;
  settings: Record<string, string>;
  setMode(mode: Mode): void;
  close(): Promise<void>;
}

export async function startBroker(
  host: string,
  port: number,
  keep: (message: Record<string, unknown>) => void,
  tls?: { key: string; cert: string },
): Promise<Broker> {
  let mode: Mode = 'ok';
  const aedes = await Aedes.createBroker();
  const sockets = new Set<Socket>();
  aedes.authenticate = (_client, name, secret, done) => {
    const isGood = mode !== 'unauthorized' && name === user && secret?.toString() === password;
    // CONNACK return code 5: not authorized (MQTT 3.1.1, section 3.2.2.3).
    done(isGood ? null : Object.assign(new Error('refused'), { returnCode: 5 }), isGood);
  };
  aedes.authorizePublish = (client, packet, done) => {
    keep({ topic: packet.topic, payload: packet.payload.toString(), qos: packet.qos, retain: packet.retain });
    // Hung up before the PUBACK.
    if (mode === 'lose_answer') client?.conn.destroy();
    done(null);
  };
  const accept = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    if (mode === 'hang') return;
    if (mode === 'garbage' || mode === 'huge')
      return void socket.end('<html>not a broker</html>'.repeat(mode === 'huge' ? 100_000 : 1));
    if (mode === 'error' || mode === 'reject' || mode === 'rate_limited') return void socket.destroy();
    aedes.handle(socket);
  };
  const server = tls ? createTlsServer(tls, accept) : createServer(accept);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const bound = (server.address() as { port: number }).port;
  return {
    port: bound,
    settings: {
      mqtt_host: host,
      mqtt_port: String(bound),
      mqtt_security: tls ? 'tls' : 'none',
      mqtt_username: user,
      mqtt_password: password,
    },
    setMode(next) {
      mode = next;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => aedes.close(() => resolve()));
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
