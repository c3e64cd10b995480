/** One execution environment: a worker thread that holds one loaded copy of a function and runs one invocation at a time. */
import { Worker } from 'node:worker_threads';
import { exitError, threadError, timeoutError } from './exit-errors.ts';
import type { InvokeMessage, WorkerMessage, WorkerSettings } from './worker/protocol.ts';

export interface RunOutcome {
  failed: boolean;
  payload: string;
  durationMs: number;
  cpuMs: number;
}

/** Says that the function's module could not be loaded; `payload` is the error object Lambda answers with. */
export class InitFailure extends Error {
  readonly payload: string;
  readonly initMs: number;
  constructor(payload: string, initMs: number) {
    super('The function could not be initialized');
    this.payload = payload;
    this.initMs = initMs;
  }
}

/** Lambda gives 10 s at first and starts again on the invocation's own time; a busy laptop needs a single, longer limit. */
const longestInitMs = 60_000;
/** Node itself needs some memory that a Lambda environment of 128 MB has outside the heap. */
const smallestHeapMb = 128;
/** V8 would let each thread's short-lived objects grow to three times this, which forty threads cannot all have. */
const youngGenerationMb = 16;

export interface FunctionWorkerOptions {
  settings: WorkerSettings;
  environment: Record<string, string>;
  onLogLine: (line: string) => void;
  /** The thread has ended, for whatever reason. */
  onExit: () => void;
}

export class FunctionWorker {
  readonly #thread: Worker;
  /** Resolves with the duration of the module's initialization, or rejects with InitFailure. */
  readonly ready: Promise<number>;
  /** Set until the first invocation, which reports and pays the initialization. */
  initMs: number | undefined;
  alive = true;
  #crashPayload: string | undefined;
  #running: { requestId: string; startedAt: number; finish: (outcome: RunOutcome) => void } | undefined;
  #initialized: ((message: WorkerMessage | undefined) => void) | undefined;

  constructor({ settings, environment, onLogLine, onExit }: FunctionWorkerOptions) {
    const startedAt = performance.now();
    this.#thread = new Worker(new URL('./worker/main.mjs', import.meta.url), {
      env: environment,
      execArgv: [],
      stdout: true,
      stderr: true,
      name: settings.functionName,
      workerData: settings,
      resourceLimits: {
        maxOldGenerationSizeMb: Math.max(settings.memoryMb, smallestHeapMb),
        maxYoungGenerationSizeMb: youngGenerationMb,
      },
    });
    this.#thread.unref();
    for (const stream of [this.#thread.stdout, this.#thread.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => onLogLine(text.trimEnd()));

    this.ready = new Promise((resolve, reject) => {
      const timer = setTimeout(() => void this.terminate(), longestInitMs);
      this.#initialized = (message) => {
        clearTimeout(timer);
        this.#initialized = undefined;
        if (message?.type === 'ready') {
          this.initMs = performance.now() - startedAt;
          resolve(this.initMs);
        } else
          reject(
            new InitFailure(
              message?.type === 'init-failed' ? message.payload : (this.#crashPayload ?? exitError(undefined, 1)),
              performance.now() - startedAt,
            ),
          );
      };
    });
    this.ready.catch(() => {}); // whoever waits hears of it; without one it is no unhandled rejection
    this.#thread.on('message', (message: WorkerMessage) => this.#receive(message, onLogLine));
    this.#thread.on('error', (error: NodeJS.ErrnoException) => {
      this.#crashPayload ??= threadError(this.#running?.requestId, error);
    });
    this.#thread.on('exit', (exitCode) => {
      this.alive = false;
      this.#initialized?.(undefined);
      this.#finish({
        failed: true,
        payload: this.#crashPayload ?? exitError(this.#running?.requestId, exitCode),
        cpuMs: 0,
      });
      onExit();
    });
  }

  /** Runs one invocation; it must be over before the next. A function that outlives its time ends with its thread. */
  run(message: InvokeMessage): Promise<RunOutcome> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#crashPayload = timeoutError(message.requestId, message.timeoutMs);
        void this.terminate();
      }, message.timeoutMs);
      this.#running = {
        requestId: message.requestId,
        startedAt: performance.now(),
        finish: (outcome) => {
          clearTimeout(timer);
          this.#running = undefined;
          resolve(outcome);
        },
      };
      this.#thread.postMessage(message);
    });
  }

  async terminate(): Promise<void> {
    this.alive = false;
    await this.#thread.terminate();
  }

  #receive(message: WorkerMessage, onLogLine: (line: string) => void): void {
    switch (message.type) {
      case 'log':
        onLogLine(message.line);
        return;
      case 'ready':
      case 'init-failed':
        this.#initialized?.(message);
        return;
      case 'crash':
        this.#crashPayload = message.payload;
        return;
      case 'result': {
        this.#running?.finish(message);
        return;
      }
    }
  }

  #finish(outcome: Omit<RunOutcome, 'durationMs'>): void {
    if (this.#running) this.#running.finish({ ...outcome, durationMs: performance.now() - this.#running.startedAt });
  }
}
