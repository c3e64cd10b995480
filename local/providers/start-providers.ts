/**
 * Starts the simulated providers: one HTTP server for all that speak HTTP, a mail server and an MQTT broker, on the
 * loopback address alone. Nothing they do leaves the machine, and no credential of theirs is good anywhere else.
 */
import { addressed, type Callback } from './callbacks.ts';
import { control } from './control.ts';
import type { Journal, JournalOfProviders } from './journal.ts';
import { startMailServer } from './mail-server.ts';
import { startBroker } from './mqtt-broker.ts';
import { type ModeSetting, serveProviders } from './server.ts';
import { simulators } from './simulators.ts';
import type { Mode, Notification, NotificationInput } from './types.ts';

export interface ProvidersOptions {
  /** @default 0, a free one */
  port?: number;
  /** @default 0 */
  smtpPort?: number;
  /** @default 0 */
  mqttPort?: number;
  /** Milliseconds since the epoch. @default the system's clock */
  now?: () => number;
}

export interface RunningProviders {
  url: string;
  smtpPort: number;
  mqttPort: number;
  /** The names of the simulated providers. */
  providers: readonly string[];
  /** Settings of an integration that talks to the simulator. */
  settingsOf(provider: string): Record<string, string>;
  setMode(provider: string, mode: Mode | ModeSetting): void;
  payerActs(provider: string, id: string, outcome: 'pays' | 'authorises' | 'declines', amount?: string): void;
  /** A signed notification, not sent. */
  notification(provider: string, input: NotificationInput & { url: string }): Notification;
  /** Tells a provider where to notify; what a payer does is then told by itself. */
  setCallback(provider: string, callback: Callback): void;
  /** A signed notification as it goes to the provider's callback, not sent. */
  callbackNotification(provider: string, input: NotificationInput): Notification;
  journal: Journal;
  close(): Promise<void>;
}

const host = '127.0.0.1';

export async function startProviders(options: ProvidersOptions = {}): Promise<RunningProviders> {
  const { now = Date.now } = options;
  const server = await serveProviders({ host, port: options.port ?? 0, now }, control);
  const journal = server.journal as JournalOfProviders;
  for (const [provider, create] of simulators) {
    const record = (kind: string, data: Record<string, unknown>) => journal.record(provider, kind, data);
    server.simulators.set(provider, create({ url: `${server.url}/${provider}`, now, record }));
  }
  const opened: { close(): Promise<void> }[] = [server];
  const close = async () => void (await Promise.all(opened.map((part) => part.close())));
  const opening = async () => {
    const mail = await startMailServer(host, options.smtpPort ?? 0, (data) => journal.record('smtp', 'message', data));
    opened.push(mail);
    const broker = await startBroker(host, options.mqttPort ?? 0, (data) =>
      journal.record('generic_mqtt', 'message', data),
    );
    opened.push(broker);
    return { mail, broker };
  };
  const { mail, broker } = await opening().catch(async (error: unknown) => {
    await close();
    throw error;
  });
  server.others.set('smtp', mail);
  server.others.set('generic_mqtt', broker);
  const simulator = (provider: string) => {
    const found = server.simulators.get(provider);
    if (found === undefined) throw new Error(`There is no simulated provider "${provider}".`);
    return found;
  };
  return {
    url: server.url,
    smtpPort: mail.port,
    mqttPort: broker.port,
    providers: [...server.simulators.keys(), ...server.others.keys()],
    settingsOf(provider) {
      return { ...(server.others.get(provider) ?? simulator(provider)).settings };
    },
    setMode: (provider, mode) => server.setMode(provider, typeof mode === 'string' ? { mode } : mode),
    payerActs: (provider, id, outcome, amount) => simulator(provider).payerActs?.(id, outcome, amount),
    notification(provider, input) {
      const build = simulator(provider).notification;
      if (build === undefined) throw new Error(`${provider} sends no notifications.`);
      return build(input);
    },
    setCallback: (provider, callback) => void server.callbacks.set(simulator(provider).provider, callback),
    callbackNotification(provider, input) {
      const callback = server.callbacks.get(provider);
      if (callback === undefined) throw new Error(`${provider} was not told where to notify.`);
      return addressed(simulator(provider), callback, input);
    },
    journal,
    close,
  };
}
