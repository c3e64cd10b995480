/**
 * Modbus RTU, on a serial line or through a converter on TCP: one request at a time, a silent interval before each. RTU
 * has no transaction ids, so a unit that timed out is left alone until its late answer came or could not come any more:
 * otherwise that answer would be taken for the next one's. Other units of the line go on meanwhile.
 */
import type { ByteChannel } from '../../transport/byte-channel.ts';
import { ModbusExceptionError, ModbusFrameError, ModbusLineError, ModbusTimeoutError } from '../errors.ts';
import { encodeRtu, type RtuFrame, RtuReader } from '../framing/rtu.ts';
import { decodeResponse, encodeRequest, responseLength } from '../pdu/codec.ts';
import type { Kind, Request, RequestOf, ResponseOf } from '../pdu/messages.ts';
import {
  type Clock,
  checkUnit,
  defaultTimeoutMs,
  enqueue,
  type Job,
  type ModbusClient,
  noStatistics,
  type RequestOptions,
  systemClock,
} from './client.ts';

export interface RtuClientOptions {
  /** @default 1000 */
  timeoutMs?: number;
  /** Pause before each request: see `silentIntervalMs`; 0 through a converter. @default 0 */
  silentIntervalMs?: number;
  /** How long a unit that timed out may still answer late. @default twice the time-out */
  lateAnswerMs?: number;
  /** The converter sends back what it was sent (two-wire RS-485 without suppression). @default false */
  hasEcho?: boolean;
  /** Pause after a broadcast, for the devices to act (Serial Line V1.02, section 2.4.1). @default 100 */
  turnaroundMs?: number;
  /** Pause that ends a frame whose length nothing tells; USB converters hold bytes back up to 16 ms. @default 25 */
  idleMs?: number;
  clock?: Clock;
}

export class ModbusRtuClient implements ModbusClient {
  readonly #statistics = noStatistics();
  readonly #channel: ByteChannel;
  readonly #options: Required<RtuClientOptions>;
  readonly #clock: Clock;
  readonly #reader: RtuReader;
  readonly #waiting: Job[] = [];
  /** Units that timed out, and until when they may still answer. */
  readonly #lateUntil = new Map<number, number>();
  #active: Job | undefined;
  #echoLeft: Buffer | undefined;
  #lastByteMs = Number.NEGATIVE_INFINITY;
  #pause: { cancel(): void } | undefined;
  #idle: { cancel(): void } | undefined;
  #closed: ModbusLineError | undefined;

  constructor(channel: ByteChannel, options: RtuClientOptions = {}) {
    const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
    this.#channel = channel;
    this.#clock = options.clock ?? systemClock;
    this.#options = {
      timeoutMs,
      silentIntervalMs: options.silentIntervalMs ?? 0,
      lateAnswerMs: options.lateAnswerMs ?? 2 * timeoutMs,
      hasEcho: options.hasEcho ?? false,
      turnaroundMs: options.turnaroundMs ?? 100,
      idleMs: options.idleMs ?? 25,
      clock: this.#clock,
    };
    this.#reader = new RtuReader(responseLength, (unit, code) => this.#isExpected(unit, code));
    channel.onData((chunk) => this.#receive(chunk));
    channel.onClose((error) => this.#end(`${channel.name} closed${error ? `: ${error.message}` : ''}`));
  }

  get statistics() {
    return { ...this.#statistics, crcErrors: this.#reader.crcErrors };
  }

  request<K extends Kind>(unit: number, request: RequestOf<K>, options: RequestOptions = {}): Promise<ResponseOf<K>> {
    if (unit === 0) return Promise.reject(new RangeError('Unit 0 is every device, and none answers: use broadcast.'));
    return this.#enqueue(unit, request as RequestOf<Kind>, options) as Promise<unknown> as Promise<ResponseOf<K>>;
  }

  /** A write to all devices of the line; resolves when it was sent and they had time to act. Nobody answers. */
  async broadcast<K extends Kind>(request: RequestOf<K>, options: RequestOptions = {}): Promise<void> {
    await this.#enqueue(0, request as RequestOf<Kind>, options);
  }

  close(): void {
    this.#end(`${this.#channel.name} was closed`);
    this.#channel.close();
  }

  #enqueue(unit: number, request: RequestOf<Kind>, options: RequestOptions): Promise<ResponseOf<Kind>> {
    return new Promise((resolve, reject) => {
      checkUnit(unit, 247);
      const pdu = encodeRequest(request as Request);
      if (this.#closed) throw new ModbusLineError(this.#closed.message, false);
      const timeoutMs = options.timeoutMs ?? this.#options.timeoutMs;
      const { isUrgent = false, beforeSend } = options;
      enqueue(this.#waiting, { unit, request, pdu, timeoutMs, isUrgent, beforeSend, resolve, reject });
      this.#pump();
    });
  }

  #pump(): void {
    if (this.#active || this.#closed || this.#waiting.length === 0) return;
    this.#pause?.cancel();
    this.#pause = undefined;
    const nowMs = this.#clock.monotonicMs();
    for (const [unit, untilMs] of this.#lateUntil) if (untilMs <= nowMs) this.#lateUntil.delete(unit);
    const quietMs = this.#lastByteMs + this.#options.silentIntervalMs - nowMs;
    const index = this.#waiting.findIndex(({ unit }) => !this.#lateUntil.has(unit));
    const waitMs = index < 0 ? Math.min(...this.#lateUntil.values()) - nowMs : quietMs;
    if (index < 0 || waitMs > 0) {
      this.#pause = this.#clock.setTimer(() => this.#pump(), Math.max(Math.ceil(waitMs), 1));
      return;
    }
    this.#send(this.#waiting.splice(index, 1)[0]!);
  }

  #send(job: Job): void {
    try {
      job.beforeSend?.();
    } catch (error) {
      job.reject(error);
      this.#pump();
      return;
    }
    const frame = encodeRtu(job.unit, job.pdu);
    this.#idle?.cancel();
    this.#reader.clear();
    this.#active = job;
    this.#echoLeft = this.#options.hasEcho ? frame : undefined;
    this.#statistics.requests += 1;
    this.#statistics.bytesOut += frame.length;
    this.#channel.write(frame).then(
      () => this.#sent(job),
      (error: Error) => this.#end(`${this.#channel.name}: ${error.message}`),
    );
  }

  /** The time-out counts from the last byte sent; an answer may even have come by then. */
  #sent(job: Job): void {
    if (this.#active !== job) return;
    this.#lastByteMs = this.#clock.monotonicMs();
    if (job.unit !== 0) {
      job.timer = this.#clock.setTimer(() => this.#giveUp(job), job.timeoutMs);
      return;
    }
    job.timer = this.#clock.setTimer(() => {
      this.#active = undefined;
      job.resolve(undefined as never);
      this.#pump();
    }, this.#options.turnaroundMs);
  }

  #giveUp(job: Job): void {
    this.#active = undefined;
    this.#statistics.timeouts += 1;
    this.#lateUntil.set(job.unit, this.#clock.monotonicMs() + this.#options.lateAnswerMs);
    const heard = this.#reader.isEmpty ? '' : '; something was heard, but no whole answer';
    job.reject(new ModbusTimeoutError(`unit ${job.unit} did not answer within ${job.timeoutMs} ms${heard}`));
    this.#pump();
  }

  #isExpected(unit: number, code: number): boolean {
    if (this.#active?.unit === unit && unit !== 0) return (code & 0x7f) === this.#active.pdu[0];
    return this.#lateUntil.has(unit);
  }

  #receive(chunk: Buffer): void {
    this.#statistics.bytesIn += chunk.length;
    this.#lastByteMs = this.#clock.monotonicMs();
    const bytes = this.#withoutEcho(chunk);
    if (bytes.length === 0) return;
    this.#idle?.cancel();
    this.#idle = undefined;
    for (const frame of this.#reader.push(bytes)) this.#answer(frame);
    if (!this.#reader.isEmpty && !this.#closed) {
      this.#idle = this.#clock.setTimer(() => {
        this.#idle = undefined;
        for (const frame of this.#reader.silence()) this.#answer(frame);
      }, this.#options.idleMs);
    }
    this.#pump();
  }

  #withoutEcho(chunk: Buffer): Buffer {
    if (!this.#echoLeft) return chunk;
    const length = Math.min(this.#echoLeft.length, chunk.length);
    if (!chunk.subarray(0, length).equals(this.#echoLeft.subarray(0, length))) {
      // Two that spoke at once, or no echo at all: let the CRC decide.
      this.#echoLeft = undefined;
      return chunk;
    }
    this.#echoLeft = length === this.#echoLeft.length ? undefined : this.#echoLeft.subarray(length);
    return chunk.subarray(length);
  }

  #answer({ unit, pdu }: RtuFrame): void {
    const job = this.#active;
    if (!job || unit !== job.unit) {
      this.#lateUntil.delete(unit);
      this.#statistics.strayAnswers += 1;
      return;
    }
    this.#active = undefined;
    job.timer?.cancel();
    try {
      job.resolve(decodeResponse(pdu, job.request));
    } catch (error) {
      if (error instanceof ModbusExceptionError) this.#statistics.exceptions += 1;
      // An answer of the wrong shape is somebody's late one: the right one may still follow.
      if (error instanceof ModbusFrameError) {
        this.#lateUntil.set(unit, this.#clock.monotonicMs() + this.#options.lateAnswerMs);
      }
      job.reject(error);
    }
  }

  #end(message: string): void {
    if (this.#closed) return;
    this.#closed = new ModbusLineError(message, false);
    this.#pause?.cancel();
    this.#idle?.cancel();
    this.#active?.timer?.cancel();
    this.#active?.reject(new ModbusLineError(message, true));
    this.#active = undefined;
    for (const job of this.#waiting.splice(0)) job.reject(new ModbusLineError(message, false));
  }
}
