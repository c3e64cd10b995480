/** The line to the devices: opened, kept open, opened again with growing pauses; and what was counted over all of them. */
import {
  type ClientStatistics,
  type ModbusClient,
  ModbusRtuClient,
  ModbusTcpClient,
  silentIntervalMs,
} from '../../protocols/modbus/index.ts';
import { type ByteChannel, type LineSettings, openChannel } from '../../protocols/transport/byte-channel.ts';
import type { DriverContext } from '../../runtime/driver.ts';
import { tlsOptionsOf } from '../secret-setting.ts';
import type { ModbusConnection } from './settings.ts';

export interface LineEvents {
  connecting(): void;
  online(client: ModbusClient): void;
  /** Also told when an attempt to connect failed. */
  offline(reason: string): void;
}

export class ModbusLine {
  readonly #connection: ModbusConnection;
  readonly #context: DriverContext;
  readonly #events: LineEvents;
  #client: ModbusClient | undefined;
  #opening: Promise<void> | undefined;
  #retry: { cancel(): void } | undefined;
  #attempts = 0;
  #isStopped = false;
  #lostReason: string | undefined;
  #earlier: ClientStatistics | undefined;
  reconnects = 0;

  constructor(connection: ModbusConnection, context: DriverContext, events: LineEvents) {
    this.#connection = connection;
    this.#context = context;
    this.#events = events;
  }

  get client(): ModbusClient | undefined {
    return this.#client;
  }

  start(): void {
    this.#opening = this.#open();
  }

  /** Ends the line and any attempt to open it. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#retry?.cancel();
    this.#client?.close();
    await this.#opening;
  }

  /** The line is open but nobody behind it answers: a new one may help. */
  reopen(reason: string): void {
    this.#lostReason = reason;
    this.#client?.close();
  }

  statistics(): ClientStatistics | undefined {
    return add(this.#earlier, this.#client?.statistics);
  }

  async #open(): Promise<void> {
    if (this.#attempts === 0) this.#events.connecting();
    this.#attempts += 1;
    let channel: ByteChannel;
    try {
      channel = await openChannel(lineSettings(this.#connection));
    } catch (error) {
      if (!this.#isStopped) this.#lost(reasonOf(error));
      return;
    }
    if (this.#isStopped) {
      channel.close();
      return;
    }
    const client = clientOf(channel, this.#connection, this.#context, (reason) => this.#closed(client, reason));
    this.#client = client;
    this.#attempts = 0;
    this.#events.online(client);
  }

  #closed(client: ModbusClient, reason: string): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    this.#earlier = add(this.#earlier, client.statistics);
    if (this.#isStopped) return;
    this.#lost(this.#lostReason ?? reason);
    this.#lostReason = undefined;
  }

  #lost(reason: string): void {
    const { reconnectMinMs, reconnectMaxMs } = this.#connection;
    this.#events.offline(reason);
    const waitMs = Math.min(reconnectMinMs * 2 ** Math.min(Math.max(this.#attempts - 1, 0), 20), reconnectMaxMs);
    this.#retry = this.#context.setTimer(() => {
      this.reconnects += 1;
      this.#opening = this.#open();
    }, waitMs);
  }
}

function lineSettings(connection: ModbusConnection): LineSettings {
  const { host, port, serial, tls, connectTimeoutMs } = connection;
  if (serial) return { kind: 'serial', ...serial };
  if (tls) return { kind: 'tls', host: host!, port, connectTimeoutMs, tls: tlsOptionsOf(connection) };
  return { kind: 'tcp', host: host!, port, connectTimeoutMs };
}

/** A client takes the channel's close for itself; the line has to hear of it as well. */
function clientOf(
  channel: ByteChannel,
  connection: ModbusConnection,
  clock: DriverContext,
  onClose: (reason: string) => void,
): ModbusClient {
  const heard: ByteChannel = {
    ...channel,
    get isOpen() {
      return channel.isOpen;
    },
    onClose: (listener) =>
      channel.onClose((error) => {
        listener(error);
        onClose(error ? reasonOf(error) : `${channel.name} was closed by the other end`);
      }),
  };
  const { timeoutMs, maxInFlight, serial, hasEcho, lateAnswerMs } = connection;
  if (framingOf(connection) === 'tcp') return new ModbusTcpClient(heard, { timeoutMs, maxInFlight, clock });
  return new ModbusRtuClient(heard, {
    timeoutMs,
    hasEcho,
    silentIntervalMs: connection.silentIntervalMs ?? (serial ? silentIntervalMs(serial.baudRate) : 0),
    ...(lateAnswerMs !== undefined && { lateAnswerMs }),
    clock,
  });
}

export const framingOf = ({ framing, serial }: ModbusConnection): 'tcp' | 'rtu' => framing ?? (serial ? 'rtu' : 'tcp');

const reasonOf = (error: unknown): string => (error as Error).message || String((error as { code?: string }).code);

function add(a: ClientStatistics | undefined, b: Readonly<ClientStatistics> | undefined): ClientStatistics | undefined {
  if (!a || !b) return a ?? (b && { ...b });
  const sum = { ...a };
  for (const name of Object.keys(sum) as (keyof ClientStatistics)[]) sum[name] += b[name];
  return sum;
}
