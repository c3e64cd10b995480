/**
 * One message to a broker over a connection of its own. With QoS 1 the broker's PUBACK is the proof; when it is lost,
 * the message may have arrived (MQTT 3.1.1, section 4.3.2).
 */
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { connect as startTls } from 'node:tls';
import type { MqttClient } from 'mqtt';
import { type ProviderContext, ProviderError } from '../../provider.ts';

export interface MqttMessage {
  topic: string;
  payload: string;
  qos: 0 | 1;
  retain?: boolean;
}

/** Connects, publishes if there is anything to, and leaves. @throws ProviderError */
export async function withBroker(context: ProviderContext, message?: MqttMessage): Promise<void> {
  const { settings } = context;
  if (!context.connect) throw new ProviderError('configuration', 'This runtime lets no MQTT out.');
  if (!settings['mqtt_host']) throw new ProviderError('configuration', 'mqtt_host is not set.');
  // A topic that is published to holds no wildcard (section 3.3.2.1).
  if (message && !/^[^+#\0]{1,1000}$/.test(message.topic))
    throw new ProviderError('rejected', 'Not a topic to publish to.');
  const host = settings['mqtt_host'];
  const timeoutMs = Number(settings['mqtt_timeout_ms']);
  let stream: Duplex = await context.connect({ host, port: Number(settings['mqtt_port']) });
  if (settings['mqtt_security'] !== 'none')
    stream = await encrypt(stream, { host, ca: settings['mqtt_ca_certificate'], timeoutMs });
  // Imported here: Acrel over HTTP never needs it.
  const mqtt = await import('mqtt');
  // Bundled, a CommonJS module has its default export alone; Node itself finds the names in it as well.
  const { MqttClient } = mqtt.MqttClient === undefined ? mqtt.default : mqtt;
  const client = new MqttClient(() => stream as never, {
    clientId: `mizan-${Math.trunc(context.now())}-${process.hrtime.bigint() % 1_000_000n}`,
    ...(settings['mqtt_username'] ? { username: settings['mqtt_username'] } : {}),
    ...(settings['mqtt_password'] ? { password: settings['mqtt_password'] } : {}),
    reconnectPeriod: 0,
    connectTimeout: timeoutMs,
    protocolVersion: 4,
  });
  try {
    await untilConnected(client);
    if (message) await publish(client, message, timeoutMs);
  } finally {
    client.end(true);
    stream.destroy();
  }
}

async function encrypt(
  socket: Duplex,
  { host, ca, timeoutMs }: { host: string; ca: string | undefined; timeoutMs: number },
): Promise<Duplex> {
  const secure = startTls({ socket, servername: /^[\d.:[\]]+$/.test(host) ? '' : host, host, ...(ca ? { ca } : {}) });
  try {
    await once(secure, 'secureConnect', { signal: AbortSignal.timeout(timeoutMs) });
  } catch (cause) {
    secure.destroy();
    throw new ProviderError('unreachable', 'The encrypted connection to the broker failed.', { cause });
  }
  return secure;
}

/** CONNACK refuses with a code (section 3.2.2.3); nothing was published yet, whatever goes wrong here. */
function untilConnected(client: MqttClient): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (cause?: Error) => {
      const code = (cause as { code?: number } | undefined)?.code;
      const isRefusal = typeof code === 'number' && [1, 2, 4, 5].includes(code);
      reject(
        new ProviderError(
          isRefusal ? 'configuration' : 'unavailable',
          isRefusal ? `The broker refused: ${code}.` : 'The broker did not answer.',
          {
            ...(code === undefined ? {} : { providerCode: String(code) }),
          },
        ),
      );
    };
    client.once('connect', () => resolve());
    client.once('error', fail);
    client.once('close', () => fail());
  });
}

async function publish(
  client: MqttClient,
  { topic, payload, qos, retain = false }: MqttMessage,
  timeoutMs: number,
): Promise<void> {
  const lost = new Promise<never>((_resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('no PUBACK')), timeoutMs);
    const stop = () => {
      clearTimeout(timer);
      reject(new Error('closed'));
    };
    client.once('close', stop);
    client.once('error', stop);
  });
  lost.catch(() => undefined);
  try {
    await Promise.race([client.publishAsync(topic, payload, { qos, retain }), lost]);
  } catch (cause) {
    throw new ProviderError('no_answer', 'The broker did not confirm the message.', { cause });
  }
}
