/**
 * Bills messages and connections: each message per started 5 KB, in and out, and each minute of each
 * connection. Basic Ingest messages are free.
 * @see https://aws.amazon.com/iot-core/pricing/
 */
import type { ClockTimer, RuntimeContext } from '../../runtime/types.ts';

const STEP_BYTES = 5 * 1024;
const MINUTE_MS = 60_000;

/** Messages and rules are both metered in steps of 5 KB. */
export function billedSteps(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / STEP_BYTES));
}

export class MessageMeter {
  readonly #ctx: RuntimeContext;
  #timer: ClockTimer | undefined;

  constructor(ctx: RuntimeContext) {
    this.#ctx = ctx;
  }

  received(topic: string, bytes: number): void {
    const key = topic.startsWith('$aws/rules/')
      ? 'iotCore.basicIngestMessagePerMillion'
      : 'iotCore.messagePerMillion5KB';
    this.#ctx.meter.count(key, billedSteps(bytes));
  }

  delivered(bytes: number): void {
    this.#ctx.meter.count('iotCore.messagePerMillion5KB', billedSteps(bytes));
  }

  /** The first started minute; the minutes after are counted by the running timer. */
  connected(): void {
    this.#ctx.meter.count('iotCore.connectionMinutePerMillion', 1);
  }

  start(connections: () => number): void {
    const { clock, meter } = this.#ctx;
    const tick = (): void => {
      const open = connections();
      if (open > 0) meter.count('iotCore.connectionMinutePerMillion', open);
      this.#timer = clock.setTimer(MINUTE_MS, tick);
    };
    this.#timer = clock.setTimer(MINUTE_MS, tick);
  }

  stop(): void {
    this.#timer?.cancel();
  }
}
