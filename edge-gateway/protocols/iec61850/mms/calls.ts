/**
 * Confirmed calls under way on one association: invoke ids, the agreed number outstanding, time-outs and cancelling. What
 * waits for a place waits as long as the calls before it: those are answered, time out, or end the association.
 * What happened to a call is never guessed: it was answered, it was certainly not sent, or nobody knows.
 */

import type { BerElement } from '../asn1/ber-reader.ts';
import { type BerNode, sizeOf } from '../asn1/ber-writer.ts';
import type { Clock } from '../clock.ts';
import { CancelledError, NoAnswerError, NotSentError, type ServiceError } from '../errors.ts';
import { encodeCancelRequest, encodeRequest } from './pdu.ts';

export interface CallOptions {
  /** From when it was sent. @default of the client */
  timeoutMs?: number;
  /** Asks the peer to give the request up; one that still waits for a place is not sent. */
  signal?: AbortSignal;
  /** Called right before the bytes leave; what it throws stops them, as the cause of a `NotSentError`. */
  beforeSend?: () => void;
}

interface Call {
  what: string;
  service: BerNode;
  options: CallOptions;
  invokeId: number | undefined;
  /** It timed out; its place stays taken until the peer answers after all. */
  isLost: boolean;
  timer: { cancel(): void } | undefined;
  resolve(service: BerElement): void;
  reject(error: Error): void;
}

export interface CallStatistics {
  requests: number;
  timeouts: number;
  lateAnswers: number;
}

export class Calls {
  readonly #clock: Clock;
  readonly #limits: { maxPduSize: number; maxOutstanding: number; timeoutMs: number };
  readonly #send: (pdu: BerNode) => void;
  readonly #allLost: () => void;
  readonly #outstanding = new Map<number, Call>();
  readonly #waiting: Call[] = [];
  #nextInvokeId = 1;
  #isClosed = false;
  readonly statistics: CallStatistics = { requests: 0, timeouts: 0, lateAnswers: 0 };

  /** `allLost` is called when every place is taken by a call that was never answered: the peer is as good as gone. */
  constructor(
    limits: { maxPduSize: number; maxOutstanding: number; timeoutMs: number },
    send: (pdu: BerNode) => void,
    allLost: () => void,
    clock: Clock,
  ) {
    this.#limits = limits;
    this.#send = send;
    this.#allLost = allLost;
    this.#clock = clock;
  }

  call(what: string, service: BerNode, options: CallOptions): Promise<BerElement> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) return reject(new NotSentError(`${what}: the association is closed.`));
      if (options.signal?.aborted) return reject(new NotSentError(`${what}: given up before it was sent.`));
      const call: Call = {
        what,
        service,
        options,
        invokeId: undefined,
        isLost: false,
        timer: undefined,
        resolve,
        reject,
      };
      options.signal?.addEventListener('abort', () => this.#cancel(call), { once: true });
      this.#waiting.push(call);
      this.#sendWaiting();
    });
  }

  answered(invokeId: number, service: BerElement): void {
    this.#take(invokeId)?.resolve(service);
    this.#sendWaiting();
  }

  failed(invokeId: number, error: Error): void {
    const call = this.#take(invokeId);
    // 9506-2, 9.4: a request that was cancelled ends with this class and code.
    const isCancelled = call?.options.signal?.aborted && (error as ServiceError).errorClass === 'service-preempt';
    call?.reject(isCancelled ? new CancelledError(`${call.what}: the peer gave it up.`) : error);
    this.#sendWaiting();
  }

  /** The association ended: what was sent has no answer, what waited was not sent. */
  close(why: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const call of this.#waiting.splice(0)) {
      call.reject(new NotSentError(`${call.what}: ${why}.`));
    }
    for (const call of this.#outstanding.values()) {
      call.timer?.cancel();
      call.reject(new NoAnswerError('connection-lost', `${call.what}: ${why} before the answer.`));
    }
    this.#outstanding.clear();
  }

  #sendWaiting(): void {
    while (!this.#isClosed && this.#waiting.length > 0 && this.#outstanding.size < this.#limits.maxOutstanding) {
      this.#sendOne(this.#waiting.shift()!);
    }
  }

  #sendOne(call: Call): void {
    const invokeId = this.#freeInvokeId();
    const pdu = encodeRequest(invokeId, call.service);
    try {
      if (sizeOf(pdu) > this.#limits.maxPduSize) {
        throw new NotSentError(`${sizeOf(pdu)} octets where the peer takes ${this.#limits.maxPduSize}`);
      }
      call.options.beforeSend?.();
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      call.reject(new NotSentError(`${call.what}: ${reason}`, { cause }));
      return;
    }
    const timeoutMs = call.options.timeoutMs ?? this.#limits.timeoutMs;
    call.timer = this.#clock.setTimer(() => this.#timedOut(call, timeoutMs), timeoutMs);
    call.invokeId = invokeId;
    this.#outstanding.set(invokeId, call);
    this.statistics.requests++;
    this.#send(pdu);
  }

  #freeInvokeId(): number {
    while (this.#outstanding.has(this.#nextInvokeId)) this.#advance();
    const id = this.#nextInvokeId;
    this.#advance();
    return id;
  }

  #advance(): void {
    // Unsigned32 by the standard; some devices keep 31 bits.
    this.#nextInvokeId = this.#nextInvokeId >= 0x7fffffff ? 1 : this.#nextInvokeId + 1;
  }

  #take(invokeId: number): Call | undefined {
    const call = this.#outstanding.get(invokeId);
    this.#outstanding.delete(invokeId);
    call?.timer?.cancel();
    if (!call || call.isLost) this.statistics.lateAnswers++;
    return call;
  }

  #timedOut(call: Call, timeoutMs: number): void {
    this.statistics.timeouts++;
    call.isLost = true;
    call.reject(new NoAnswerError('timeout', `${call.what}: no answer within ${timeoutMs} ms.`));
    const lost = [...this.#outstanding.values()].filter(({ isLost }) => isLost).length;
    if (lost >= this.#limits.maxOutstanding) this.#allLost();
  }

  #cancel(call: Call): void {
    if (call.invokeId !== undefined) {
      if (this.#outstanding.get(call.invokeId) === call && !call.isLost) this.#send(encodeCancelRequest(call.invokeId));
      return;
    }
    const at = this.#waiting.indexOf(call);
    if (at < 0) return;
    this.#waiting.splice(at, 1);
    call.reject(new NotSentError(`${call.what}: given up before it was sent.`));
  }
}
