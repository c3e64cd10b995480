/**
 * A line with one or more outstations behind it. The channel opens it, opens it again when it breaks, and lets one
 * exchange at a time use it, so that several outstations can share a serial line (multi-drop).
 */
import type { ByteChannel } from '../../transport/byte-channel.ts';
import { type Clock, systemClock, type Timer } from '../clock.ts';
import { Dnp3Error, messageOf } from '../errors.ts';
import { isStationAddress } from '../link/frame.ts';
import { type LineStatistics, LinkLine } from '../link/link-line.ts';
import type { MasterHandler } from './handler.ts';
import { RemoteOutstation } from './remote-outstation.ts';
import type { RemoteOutstationSettings } from './settings.ts';
import { TaskQueue, urgency } from './task-queue.ts';

export interface MasterChannelSettings {
  /** Opens the line; called again after it broke. */
  connect(): Promise<ByteChannel>;
  /** First pause before the line is opened again. @default 1000 */
  reconnectMinMs?: number;
  /** Pauses double up to this. @default 30000 */
  reconnectMaxMs?: number;
  clock?: Clock;
  /** The line opened or closed. */
  onLine?(state: 'connecting' | 'open' | 'closed', reason?: string): void;
}

export class MasterChannel {
  readonly #settings: MasterChannelSettings;
  readonly #clock: Clock;
  readonly #queue = new TaskQueue();
  readonly #stations: RemoteOutstation[] = [];
  #line: LinkLine | undefined;
  #isRunning = false;
  #generation = 0;
  #pauseMs: number;
  #timer: Timer | undefined;
  #opened = 0;
  #octets = { sent: 0, received: 0 };

  constructor(settings: MasterChannelSettings) {
    this.#settings = settings;
    this.#clock = settings.clock ?? systemClock;
    this.#pauseMs = settings.reconnectMinMs ?? 1_000;
  }

  /** Add every outstation before `start`. @throws Dnp3Error `invalid_argument` */
  addOutstation(settings: RemoteOutstationSettings, handler: MasterHandler): RemoteOutstation {
    for (const address of [settings.address, settings.masterAddress ?? 1])
      if (!isStationAddress(address))
        throw new Dnp3Error('invalid_argument', `${address} is no address of a station: 0 to 65519 are.`);
    if (this.#stations.some(({ address }) => address === settings.address))
      throw new Dnp3Error('invalid_argument', `Address ${settings.address} is on this channel already.`);
    const station = new RemoteOutstation(settings, handler, this.#clock, this.#queue);
    this.#stations.push(station);
    return station;
  }

  get isOpen(): boolean {
    return this.#line?.isOpen ?? false;
  }

  get statistics(): { opened: number; octetsSent: number; octetsReceived: number; line: LineStatistics | undefined } {
    const line = this.#line?.statistics;
    return {
      opened: this.#opened,
      octetsSent: this.#octets.sent + (line?.octetsSent ?? 0),
      octetsReceived: this.#octets.received + (line?.octetsReceived ?? 0),
      line,
    };
  }

  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#queue.open();
    this.#generation += 1;
    void this.#open(this.#generation);
  }

  /** Lets a command under way end, gives up everything else and closes the line. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    this.#timer?.cancel();
    this.#queue.close(new Dnp3Error('stopped', 'The channel was stopped.'));
    if (this.#queue.runningPriority === urgency.command) await this.#queue.idle();
    this.#lost('The channel was stopped.');
    await this.#queue.idle();
  }

  async #open(generation: number): Promise<void> {
    this.#settings.onLine?.('connecting');
    try {
      const channel = await this.#settings.connect();
      if (!this.#isCurrent(generation)) return channel.close();
      const line: LinkLine = new LinkLine(channel, (error) => {
        if (this.#line === line) this.#broke(error ? messageOf(error) : 'The line was closed.');
      });
      this.#line = line;
      this.#opened += 1;
      this.#settings.onLine?.('open');
      for (const station of this.#stations) station.opened(line, () => this.#silent(line));
    } catch (error) {
      if (this.#isCurrent(generation)) this.#broke(messageOf(error));
    }
  }

  /** Stopped, or stopped and started again, while a line was being opened. */
  #isCurrent(generation: number): boolean {
    return this.#isRunning && this.#generation === generation;
  }

  /** A line to one silent station is as good as cut, e.g. a half-open TCP connection. */
  #silent(line: LinkLine): void {
    if (this.#stations.length === 1 && this.#line === line) line.close();
  }

  #broke(reason: string): void {
    const wasOpen = this.#line !== undefined;
    this.#lost(reason);
    if (!this.#isRunning) return;
    if (wasOpen) this.#pauseMs = this.#settings.reconnectMinMs ?? 1_000;
    this.#timer = this.#clock.setTimer(() => void this.#open(this.#generation), this.#pauseMs);
    this.#pauseMs = Math.min(this.#settings.reconnectMaxMs ?? 30_000, this.#pauseMs * 2);
  }

  #lost(reason: string): void {
    const line = this.#line;
    this.#line = undefined;
    line?.close();
    if (line) {
      this.#octets.sent += line.statistics.octetsSent;
      this.#octets.received += line.statistics.octetsReceived;
    }
    const error = new Dnp3Error('line_down', reason);
    this.#queue.drop(error);
    for (const station of this.#stations) station.closed(error);
    this.#settings.onLine?.('closed', reason);
  }
}
