/** What clients have in common, whatever the framing. No client repeats a request: whether that is safe only its user knows. */
import type { Kind, RequestOf, ResponseOf } from '../pdu/messages.ts';

export interface RequestOptions {
  /** @default the client's */
  timeoutMs?: number;
  /** Goes before all that wait. */
  isUrgent?: boolean;
  /** Called right before the bytes leave; what it throws becomes the request's error, and nothing is sent. */
  beforeSend?: () => void;
}

export interface ModbusClient {
  /**
   * @throws ModbusExceptionError when the device refused
   * @throws ModbusTimeoutError when it did not answer in time
   * @throws ModbusLineError when the line closed before the answer
   * @throws ModbusFrameError when the answer is malformed
   * @throws RangeError when the request breaks the specification's limits; nothing was sent
   */
  request<K extends Kind>(unit: number, request: RequestOf<K>, options?: RequestOptions): Promise<ResponseOf<K>>;
  /** Closes the line; what waits ends with ModbusLineError. */
  close(): void;
  readonly statistics: Readonly<ClientStatistics>;
}

/** All count since start. */
export interface ClientStatistics {
  requests: number;
  timeouts: number;
  exceptions: number;
  /** Answers that came after their time, or that nobody had asked for, or twice. */
  strayAnswers: number;
  crcErrors: number;
  bytesIn: number;
  bytesOut: number;
}

export const noStatistics = (): ClientStatistics => ({
  requests: 0,
  timeouts: 0,
  exceptions: 0,
  strayAnswers: 0,
  crcErrors: 0,
  bytesIn: 0,
  bytesOut: 0,
});

/** Time and timers, so that tests turn them. */
export interface Clock {
  monotonicMs(): number;
  setTimer(callback: () => void, delayMs: number): { cancel(): void };
}

export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  setTimer(callback, delayMs) {
    const timer = setTimeout(callback, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};

export const defaultTimeoutMs = 1_000;

/** One request on its way through a client. */
export interface Job {
  unit: number;
  request: RequestOf<Kind>;
  pdu: Buffer;
  timeoutMs: number;
  isUrgent: boolean;
  beforeSend: (() => void) | undefined;
  resolve(response: ResponseOf<Kind>): void;
  reject(error: unknown): void;
  timer?: { cancel(): void };
}

export function checkUnit(unit: number, max: number): void {
  if (!Number.isInteger(unit) || unit < 0 || unit > max) throw new RangeError(`Unit ${unit} is outside 0 to ${max}.`);
}

/** Urgent ones before the others, each kind in its order. */
export function enqueue(waiting: Job[], job: Job): void {
  const index = job.isUrgent ? waiting.findIndex(({ isUrgent }) => !isUrgent) : -1;
  if (index < 0) waiting.push(job);
  else waiting.splice(index, 0, job);
}
