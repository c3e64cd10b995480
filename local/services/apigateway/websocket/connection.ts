/**
 * One open WebSocket connection: what events and the management API need to know of it, its quotas of size
 * and time, and its cost.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
 */
import type { WebSocket } from 'ws';
import type { ClockTimer, RuntimeContext } from '../../../runtime/types.ts';
import type { Api, Stage } from '../model.ts';

/** "Message payload size: 128 KB", "WebSocket frame size: 32 KB". */
export const MAX_MESSAGE_BYTES = 128 * 1024;
export const MAX_FRAME_BYTES = 32 * 1024;
/** "Idle Connection Timeout: 10 minutes", "Connection duration for WebSocket API: 2 hours". */
const IDLE_LIMIT_MS = 10 * 60_000;
const DURATION_LIMIT_MS = 2 * 60 * 60_000;
/** A client that reads slower than it is sent to has this much buffered for it before senders are refused. */
const SEND_BUFFER_BYTES = 1024 * 1024;
const METERED_BYTES = 32 * 1024;
const MINUTE_MS = 60_000;

export interface ConnectionFacts {
  id: string;
  api: Api;
  stage: Stage;
  /** Epoch milliseconds of modelled time. */
  connectedAt: number;
  identity: { sourceIp: string; userAgent: string | undefined };
  /** `requestContext.authorizer` of every event. */
  authorizer: Record<string, string> | undefined;
  host: string;
}

export class Connection {
  readonly facts: ConnectionFacts;
  readonly #ctx: RuntimeContext;
  readonly #socket: WebSocket;
  #lastActiveAt: number;
  #billedMinutes = 0;
  #timer: ClockTimer | undefined;

  constructor(ctx: RuntimeContext, socket: WebSocket, facts: ConnectionFacts) {
    this.#ctx = ctx;
    this.#socket = socket;
    this.facts = facts;
    this.#lastActiveAt = ctx.clock.now();
    this.#billMinutes();
    this.#watchTime();
  }

  get lastActiveAt(): number {
    return this.#lastActiveAt;
  }

  touch(): void {
    this.#lastActiveAt = this.#ctx.clock.now();
  }

  /** Counts a message of either direction as it is billed, in 32 KB steps. */
  billMessage(bytes: number): void {
    const units = Math.max(1, Math.ceil(bytes / METERED_BYTES));
    this.#ctx.meter.count('apiGateway.webSocketMessagePerMillion32KB', units);
  }

  /** False from the moment either side asked to close. */
  get open(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  /** Whether the client keeps up with what it is sent. */
  get accepts(): boolean {
    return this.#socket.bufferedAmount < SEND_BUFFER_BYTES;
  }

  /** Sends one text message, in frames of at most 32 KB. */
  send(text: Buffer): void {
    this.touch();
    this.billMessage(text.length);
    for (let at = 0; ; at += MAX_FRAME_BYTES) {
      const fin = at + MAX_FRAME_BYTES >= text.length;
      this.#socket.send(text.subarray(at, at + MAX_FRAME_BYTES), { binary: false, fin });
      if (fin) return;
    }
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  /** Cuts a client that does not answer the closing handshake. */
  terminate(): void {
    this.#socket.terminate();
  }

  /** Ends accounting; the socket is closed already. */
  ended(): void {
    this.#timer?.cancel();
    this.#billMinutes();
  }

  /** Wakes for the next of: a further minute to bill, the idle limit, the duration limit. */
  #watchTime(): void {
    const now = this.#ctx.clock.now();
    const age = now - this.facts.connectedAt;
    const idle = now - this.#lastActiveAt;
    const next = Math.min(MINUTE_MS - (age % MINUTE_MS), IDLE_LIMIT_MS - idle, DURATION_LIMIT_MS - age);
    this.#timer = this.#ctx.clock.setTimer(next, () => this.#checkTime());
  }

  #checkTime(): void {
    this.#billMinutes();
    const now = this.#ctx.clock.now();
    if (now - this.#lastActiveAt >= IDLE_LIMIT_MS || now - this.facts.connectedAt >= DURATION_LIMIT_MS) {
      this.close(1001, 'Going away');
      return;
    }
    this.#watchTime();
  }

  /** Every begun minute counts. */
  #billMinutes(): void {
    const minutes = Math.max(1, Math.ceil((this.#ctx.clock.now() - this.facts.connectedAt) / MINUTE_MS));
    if (minutes <= this.#billedMinutes) return;
    this.#ctx.meter.count('apiGateway.webSocketConnectionMinutePerMillion', minutes - this.#billedMinutes);
    this.#billedMinutes = minutes;
  }
}
