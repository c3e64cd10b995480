/** Stops execution environments that nothing has used for a while, so that a platform of many functions fits a laptop. */
import { totalmem } from 'node:os';
import type { FunctionWorker } from './function-worker.ts';

export interface IdleWorkerLimits {
  /** @default 1 minute of real time */
  longestIdleMs?: number;
  /** Over all functions; the one idle longest is stopped first. @default what a quarter of the memory holds, at most 125 */
  mostIdle?: number;
}

export class IdleWorkers {
  readonly #longestIdleMs: number;
  readonly #mostIdle: number;
  /** Since when each is idle, longest first: a Map keeps the order of insertion. */
  readonly #since = new Map<FunctionWorker, number>();
  readonly #timer: NodeJS.Timeout;

  constructor({ longestIdleMs = 60_000, mostIdle = roomForIdle() }: IdleWorkerLimits = {}) {
    this.#longestIdleMs = longestIdleMs;
    this.#mostIdle = mostIdle;
    this.#timer = setInterval(() => this.#stopUnused(), Math.max(longestIdleMs / 4, 10)).unref();
  }

  add(worker: FunctionWorker): void {
    this.#since.set(worker, performance.now());
    if (this.#since.size > this.#mostIdle) this.#stopOldest();
  }

  remove(worker: FunctionWorker): void {
    this.#since.delete(worker);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #stopUnused(): void {
    for (const since of this.#since.values()) {
      if (performance.now() - since < this.#longestIdleMs) return;
      this.#stopOldest();
    }
  }

  #stopOldest(): void {
    const [oldest] = this.#since.keys();
    if (!oldest) return;
    this.#since.delete(oldest);
    void oldest.terminate();
  }
}

/** An idle environment takes some 40 MiB. Whoever goes through all functions again and again starts none twice where there is room. */
const roomForIdle = (): number => Math.min(125, Math.max(24, Math.floor(totalmem() / 4 / (48 * 1024 ** 2))));
