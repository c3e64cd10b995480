/** The execution environments of one function: made on demand up to its concurrency, reused while warm, waited for beyond. */
import type { FunctionWorker } from './function-worker.ts';
import type { IdleWorkers } from './idle-workers.ts';

export interface WorkerPoolOptions {
  /** How many may run at once. */
  concurrency: number;
  start(onExit: () => void): FunctionWorker;
  /** Shared by all functions. */
  idleWorkers: IdleWorkers;
}

interface Waiter {
  resolve(worker: FunctionWorker): void;
  reject(error: unknown): void;
}

export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #workers = new Set<FunctionWorker>();
  readonly #idle: FunctionWorker[] = [];
  readonly #waiting: Waiter[] = [];
  #starting = 0;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#workers.size;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  get busy(): number {
    return this.#workers.size - this.#idle.length - this.#starting;
  }

  /** A loaded worker for one invocation; give it back with `release`. Rejects with InitFailure. */
  acquire(): Promise<FunctionWorker> {
    // The one used last is the warmest, and the others come to rest and are stopped.
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
      this.#options.idleWorkers.remove(idle);
      if (idle.alive) return Promise.resolve(idle);
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#startForWaiting();
    });
  }

  release(worker: FunctionWorker): void {
    if (!worker.alive) return;
    const next = this.#waiting.shift();
    if (next) next.resolve(worker);
    else {
      this.#idle.push(worker);
      this.#options.idleWorkers.add(worker);
    }
  }

  /** Makes sure that a loaded worker is there before the first request needs it. */
  async warm(): Promise<void> {
    if (this.#workers.size > 0 || this.#options.concurrency === 0) return;
    this.release(await this.acquire());
  }

  async stop(): Promise<void> {
    for (const waiter of this.#waiting.splice(0)) waiter.reject(new Error('The platform is stopping.'));
    await Promise.all([...this.#workers].map((worker) => worker.terminate()));
  }

  #startForWaiting(): void {
    while (this.#starting < this.#waiting.length && this.#workers.size < this.#options.concurrency) this.#start();
  }

  #start(): void {
    const worker = this.#options.start(() => this.#forget(worker));
    this.#workers.add(worker);
    this.#starting += 1;
    worker.ready.then(
      () => {
        this.#starting -= 1;
        this.release(worker);
      },
      (failure) => {
        this.#starting -= 1;
        this.#waiting.shift()?.reject(failure);
      },
    );
  }

  #forget(worker: FunctionWorker): void {
    this.#workers.delete(worker);
    const place = this.#idle.indexOf(worker);
    if (place >= 0) this.#idle.splice(place, 1);
    this.#options.idleWorkers.remove(worker);
    this.#startForWaiting();
  }
}
