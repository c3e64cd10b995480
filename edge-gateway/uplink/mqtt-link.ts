/**
 * The line to the platform: MQTT 3.1.1 over TLS to AWS IoT Core with a certificate, or user and password where there is none.
 * The session persists, so that commands sent during a short cut still come; what is not acknowledged on one connection is
 * the sender's to repeat, not this one's.
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/mqtt.html
 */
import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';

export interface LinkSettings {
  /** `mqtts://….iot.….amazonaws.com:8883`, `mqtt://localhost:1883`. */
  url: string;
  clientId: string;
  username?: string | undefined;
  password?: string | undefined;
  /** PEM texts. */
  certificate?: string | undefined;
  privateKey?: string | undefined;
  ca?: string | undefined;
  /** Protocol name for port 443: `x-amzn-mqtt-ca` with certificates, `mqtt` with password. */
  alpn?: string | undefined;
  keepAliveSeconds: number;
}

export interface LinkOptions {
  settings: LinkSettings;
  clock: Clock;
  log: Log;
  /** Topic filter of what comes down. */
  filter: string;
  /** What the broker publishes when we are gone without a word. */
  will: { topic: string; payload: () => Buffer };
  onUp: () => void;
  onDown: (reason: string) => void;
  /** The broker is acknowledged when this resolves: what was received is safe by then. */
  onMessage: (topic: string, payload: Uint8Array) => Promise<void>;
  /** @default Math.random */
  random?: () => number;
}

export interface Link {
  start(): void;
  /** Resolves with the broker's acknowledgement. */
  publish(topic: string, payload: Uint8Array): Promise<void>;
  readonly isUp: boolean;
  stop(): Promise<void>;
}

const shortestDelayMs = 500;
const longestDelayMs = 60_000;
/** A connection that lasted so long was a good one: the next attempt is quick again. */
const goodConnectionMs = 60_000;

export function createMqttLink(options: LinkOptions): Link {
  const { settings, clock, log, random = Math.random } = options;
  let client: MqttClient | undefined;
  let isUp = false;
  let isStopped = false;
  let attempts = 0;
  let timer: { cancel(): void } | undefined;
  const pending = new Set<(error: Error) => void>();

  function open(): void {
    let reason = 'connection closed';
    let upAtMs = 0;
    const own = connect(connectOptions(settings, options.will));
    client = own;
    own.on('error', (error) => {
      reason = error.message || (error as NodeJS.ErrnoException).code || error.name;
    });
    own.on('connect', () => {
      own.subscribe(options.filter, { qos: 1 }, (error, granted) => {
        if (client !== own) return;
        // 128 is the broker's no (MQTT 3.1.1, section 3.9.3).
        if (error || granted?.some(({ qos }) => Number(qos) === 128)) {
          reason = `subscription to ${options.filter} refused`;
          own.end(true);
          return;
        }
        upAtMs = clock.monotonicMs();
        isUp = true;
        log('info', 'uplink connected', { url: settings.url });
        options.onUp();
      });
    });
    own.handleMessage = (packet, done) => {
      const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
      options.onMessage(packet.topic, payload).then(
        () => done(),
        (error: Error) => {
          log('error', 'message from the platform not handled', { topic: packet.topic, error });
          // Not acknowledged: the broker gives it again on the next connection.
          own.end(true);
        },
      );
    };
    own.on('close', () => {
      if (client !== own) return;
      client = undefined;
      const wasUp = isUp;
      isUp = false;
      own.end(true);
      for (const reject of [...pending]) reject(new Error(reason));
      pending.clear();
      if (wasUp && clock.monotonicMs() - upAtMs >= goodConnectionMs) attempts = 0;
      if (wasUp) options.onDown(reason);
      if (isStopped) return;
      // Full jitter: gateways of a whole country do not come back in step.
      const delayMs = shortestDelayMs + random() * Math.min(longestDelayMs, shortestDelayMs * 2 ** attempts);
      attempts = Math.min(attempts + 1, 10);
      log('warn', 'uplink down', { reason, retryMs: Math.round(delayMs) });
      timer = clock.setTimer(open, delayMs);
    });
  }

  return {
    start: open,
    get isUp() {
      return isUp;
    },
    publish(topic, payload) {
      return new Promise((resolve, reject) => {
        const own = client;
        if (!own || !isUp) return reject(new Error('the uplink is down'));
        pending.add(reject);
        own.publish(topic, payload as Buffer, { qos: 1 }, (error) => {
          pending.delete(reject);
          if (error) reject(error);
          else resolve();
        });
      });
    },
    async stop() {
      isStopped = true;
      timer?.cancel();
      const own = client;
      if (own) await new Promise<void>((resolve) => void own.end(!isUp, {}, () => resolve()));
    },
  };
}

const defaultPorts = { mqtt: 1883, mqtts: 8883, ws: 80, wss: 443 } as const;

function connectOptions(settings: LinkSettings, will: LinkOptions['will']): IClientOptions {
  const { clientId, username, password, certificate, privateKey, ca, alpn, keepAliveSeconds } = settings;
  const { protocol, hostname, port, pathname } = new URL(settings.url);
  const scheme = protocol.slice(0, -1) as keyof typeof defaultPorts;
  return {
    protocol: scheme,
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? defaultPorts[scheme] : Number(port),
    ...(scheme.startsWith('ws') && { path: pathname }),
    clientId,
    clean: false,
    protocolVersion: 4,
    keepalive: keepAliveSeconds,
    connectTimeout: 20_000,
    // Reconnecting is ours: each connection begins with nothing in flight.
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    will: { topic: will.topic, payload: will.payload(), qos: 1, retain: false },
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(certificate !== undefined && { cert: certificate }),
    ...(privateKey !== undefined && { key: privateKey }),
    ...(ca !== undefined && { ca }),
    ...(alpn !== undefined && { ALPNProtocols: [alpn] }),
  };
}
