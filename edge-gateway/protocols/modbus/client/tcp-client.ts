/**
 * Modbus TCP: as many requests in flight as the device allows, told apart by transaction id (Messaging on TCP/IP V1.0b,
 * section 4.4.1.1). The id of a request that timed out stays taken until its answer comes or the line closes, so a late
 * answer can never be taken for another's.
 */
import type { ByteChannel } from '../../transport/byte-channel.ts';
import { ModbusExceptionError, ModbusFrameError, ModbusLineError, ModbusTimeoutError } from '../errors.ts';
import { encodeMbap, type MbapFrame, MbapReader } from '../framing/mbap.ts';
import { decodeResponse, encodeRequest } from '../pdu/codec.ts';
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

export interface TcpClientOptions {
  /** @default 1000 */
  timeoutMs?: number;
  /** Devices promise 1 to 16; one is what all of them can. @default 1 */
  maxInFlight?: number;
  clock?: Clock;
}

/** Answers that never came; beyond this the device has lost step and the line is closed. */
const maxAbandoned = 1_000;

export class ModbusTcpClient implements ModbusClient {
  readonly statistics = noStatistics();
  readonly #channel: ByteChannel;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #maxInFlight: number;
  readonly #reader = new MbapReader();
  readonly #waiting: Job[] = [];
  readonly #inFlight = new Map<number, Job>();
  readonly #abandoned = new Set<number>();
  #outgoing: Buffer[] = [];
  #lastId = 0;
  #closed: ModbusLineError | undefined;

  constructor(channel: ByteChannel, options: TcpClientOptions = {}) {
    this.#channel = channel;
    this.#clock = options.clock ?? systemClock;
    this.#timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
    this.#maxInFlight = options.maxInFlight ?? 1;
    channel.onData((chunk) => this.#receive(chunk));
    channel.onClose((error) => this.#end(`${channel.name} closed${error ? `: ${error.message}` : ''}`));
  }

  request<K extends Kind>(unit: number, request: RequestOf<K>, options: RequestOptions = {}): Promise<ResponseOf<K>> {
    return new Promise((resolve, reject) => {
      checkUnit(unit, 255);
      const pdu = encodeRequest(request as Request);
      if (this.#closed) throw new ModbusLineError(this.#closed.message, false);
      const job: Job = {
        unit,
        request: request as RequestOf<Kind>,
        pdu,
        timeoutMs: options.timeoutMs ?? this.#timeoutMs,
        beforeSend: options.beforeSend,
        isUrgent: options.isUrgent ?? false,
        resolve: resolve as (response: never) => void,
        reject,
      };
      enqueue(this.#waiting, job);
      this.#pump();
    });
  }

  close(): void {
    this.#end(`${this.#channel.name} was closed`);
    this.#channel.close();
  }

  #pump(): void {
    while (this.#inFlight.size < this.#maxInFlight && this.#waiting.length > 0 && !this.#closed) {
      const job = this.#waiting.shift()!;
      try {
        job.beforeSend?.();
      } catch (error) {
        job.reject(error);
        continue;
      }
      const id = this.#nextId();
      this.#inFlight.set(id, job);
      job.timer = this.#clock.setTimer(() => this.#giveUp(id), job.timeoutMs);
      this.#send(encodeMbap(id, job.unit, job.pdu));
    }
  }

  /** Requests of one turn leave in one write. */
  #send(frame: Buffer): void {
    this.statistics.requests += 1;
    this.statistics.bytesOut += frame.length;
    this.#outgoing.push(frame);
    if (this.#outgoing.length > 1) return;
    queueMicrotask(() => {
      const frames = this.#outgoing;
      this.#outgoing = [];
      const bytes = frames.length === 1 ? frames[0]! : Buffer.concat(frames);
      this.#channel.write(bytes).catch((error: Error) => this.#end(`${this.#channel.name}: ${error.message}`));
    });
  }

  #nextId(): number {
    do this.#lastId = (this.#lastId + 1) & 0xffff;
    while (this.#inFlight.has(this.#lastId) || this.#abandoned.has(this.#lastId));
    return this.#lastId;
  }

  #giveUp(id: number): void {
    const job = this.#inFlight.get(id)!;
    this.#inFlight.delete(id);
    this.#abandoned.add(id);
    this.statistics.timeouts += 1;
    job.reject(new ModbusTimeoutError(`unit ${job.unit} did not answer within ${job.timeoutMs} ms`));
    if (this.#abandoned.size > maxAbandoned) this.close();
    else this.#pump();
  }

  #receive(chunk: Buffer): void {
    this.statistics.bytesIn += chunk.length;
    try {
      this.#reader.push(chunk, (frame) => this.#answer(frame));
    } catch (error) {
      this.#end(`${this.#channel.name} is out of step: ${(error as Error).message}`);
      this.#channel.close();
      return;
    }
    this.#pump();
  }

  #answer({ transactionId, unit, pdu }: MbapFrame): void {
    const job = this.#inFlight.get(transactionId);
    if (!job) {
      this.#abandoned.delete(transactionId);
      this.statistics.strayAnswers += 1;
      return;
    }
    this.#inFlight.delete(transactionId);
    job.timer?.cancel();
    try {
      if (unit !== job.unit) throw new ModbusFrameError(`Unit ${unit} answered where ${job.unit} was asked.`);
      job.resolve(decodeResponse(pdu, job.request));
    } catch (error) {
      if (error instanceof ModbusExceptionError) this.statistics.exceptions += 1;
      job.reject(error);
    }
  }

  #end(message: string): void {
    if (this.#closed) return;
    this.#closed = new ModbusLineError(message, false);
    for (const job of this.#inFlight.values()) {
      job.timer?.cancel();
      job.reject(new ModbusLineError(message, true));
    }
    this.#inFlight.clear();
    for (const job of this.#waiting.splice(0)) job.reject(new ModbusLineError(message, false));
  }
}
