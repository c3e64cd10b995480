/** One deployed function: invokes it in an execution environment, with faults, limits, log and costs as Lambda has them. */
import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { AwsError, type InvokeResult, type RuntimeContext } from '../../runtime/types.ts';
import { exitError, timeoutError } from './exit-errors.ts';
import type { FunctionConfig } from './function-config.ts';
import { FunctionMetrics } from './function-metrics.ts';
import { FunctionWorker, InitFailure, type RunOutcome } from './function-worker.ts';
import type { IdleWorkers } from './idle-workers.ts';
import { reportLines } from './report-lines.ts';
import { workerEnvironment } from './worker-environment.ts';
import { WorkerPool } from './worker-pool.ts';

/** More would only make this machine's cores switch; requests beyond wait. */
const defaultConcurrency = 4;
/** @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const longestPayloadBytes = 6 * 1024 * 1024;
/** What Lambda names as the limit of an answer. */
const longestAnswerBytes = 6_291_556;

export interface Invocation extends InvokeResult {
  requestId: string;
  /** Only for the first invocation of an execution environment. */
  initMs?: number;
}

export interface LocalFunctionOptions {
  config: FunctionConfig;
  ctx: RuntimeContext;
  idleWorkers: IdleWorkers;
  layerPaths: string[];
  onLogLine: (functionName: string, line: string) => void;
}

export class LocalFunction {
  readonly config: FunctionConfig;
  readonly pool: WorkerPool;
  /** `$LATEST`, published versions and aliases: all run the same code here. */
  readonly qualifiers = new Set(['$LATEST']);
  coldStarts = 0;
  invocations = 0;
  readonly #options: LocalFunctionOptions;
  readonly #metrics: FunctionMetrics;
  #running = 0;

  constructor(options: LocalFunctionOptions) {
    const { config, idleWorkers } = options;
    this.#options = options;
    this.config = config;
    this.#metrics = new FunctionMetrics(options.ctx, config.name);
    this.pool = new WorkerPool({
      concurrency: Math.min(config.reservedConcurrency ?? defaultConcurrency, defaultConcurrency),
      start: (onExit) => this.#startWorker(onExit),
      idleWorkers,
    });
  }

  /** @throws AwsError when throttled or when the payload is too large; an error of the function is in the answer */
  async invoke(payload: string, requestId: string = randomUUID(), qualifier = '$LATEST'): Promise<Invocation> {
    refuseLongPayload(payload);
    this.#refuseThrottled();
    this.invocations += 1;
    this.#running += 1;
    const concurrency = this.#running;
    try {
      const result = await this.#attempt(payload, requestId, qualifier);
      this.#metrics.invoked(result.functionError !== undefined, result.durationMs, concurrency);
      return result;
    } finally {
      this.#running -= 1;
    }
  }

  async #attempt(payload: string, requestId: string, qualifier: string): Promise<Invocation> {
    const { ctx } = this.#options;
    ctx.meter.count('lambda.requestPerMillion', 1);
    if (ctx.faults.strike('lambda.crash', this.config.name)) return this.#struck(requestId, exitError(requestId, 1), 0);
    const timeout = ctx.faults.strike('lambda.timeout', this.config.name);
    if (timeout) {
      if (timeout.delayMs) await ctx.clock.sleep(timeout.delayMs);
      return this.#struck(requestId, timeoutError(requestId, this.config.timeoutMs), this.config.timeoutMs);
    }
    return this.#run(payload, requestId, qualifier);
  }

  async #run(payload: string, requestId: string, qualifier: string): Promise<Invocation> {
    let worker: FunctionWorker;
    try {
      worker = await this.pool.acquire();
    } catch (failure) {
      if (!(failure instanceof InitFailure)) throw failure;
      return this.#finish(
        requestId,
        { failed: true, payload: failure.payload, durationMs: 0, cpuMs: 0 },
        failure.initMs,
      );
    }
    const { initMs } = worker;
    worker.initMs = undefined;
    const outcome = await worker.run({
      requestId,
      payload: payload === '' ? '{}' : payload,
      invokedFunctionArn: qualifier === '$LATEST' ? this.config.arn : `${this.config.arn}:${qualifier}`,
      timeoutMs: this.config.timeoutMs,
      traceId: `Root=1-${requestId.slice(0, 8)}-${requestId.slice(9).replaceAll('-', '')};Sampled=0`,
    });
    // Its memory is lost with it, as in a real crash: what a function kept there must not matter.
    if (worker.alive && this.#options.ctx.faults.strike('lambda.crash-after', this.config.name)) {
      void worker.terminate();
      return this.#finish(requestId, { ...outcome, failed: true, payload: exitError(requestId, 1) }, initMs);
    }
    this.pool.release(worker);
    return this.#finish(requestId, refuseLongAnswer(outcome), initMs);
  }

  #finish(requestId: string, outcome: RunOutcome, initMs?: number): Invocation {
    const { ctx, onLogLine } = this.#options;
    const { config } = this;
    // Since August 2025 the initialization is billed for every kind of package.
    // https://aws.amazon.com/blogs/compute/aws-lambda-standardizes-billing-for-init-phase/
    const billedMs = Math.ceil(outcome.durationMs + (initMs ?? 0));
    ctx.meter.count('lambda.arm64GBSecond', (billedMs / 1000) * (config.memoryMb / 1024));
    for (const line of reportLines(config, requestId, outcome, billedMs, initMs, ctx.clock.now()))
      onLogLine(config.name, line);
    if (outcome.failed) ctx.log.warn('Function failed', { function: config.name, requestId, error: outcome.payload });
    return {
      requestId,
      payload: outcome.payload,
      cpuMs: outcome.cpuMs,
      durationMs: outcome.durationMs,
      ...(outcome.failed && { functionError: 'Unhandled' as const }),
      ...(initMs !== undefined && { initMs }),
    };
  }

  #struck(requestId: string, payload: string, durationMs: number): Invocation {
    return this.#finish(requestId, { failed: true, payload, durationMs, cpuMs: 0 });
  }

  #refuseThrottled(): void {
    const { config } = this;
    const reason =
      config.reservedConcurrency === 0
        ? 'ReservedFunctionConcurrentInvocationLimitExceeded'
        : this.#options.ctx.faults.strike('lambda.throttle', config.name) && 'ConcurrentInvocationLimitExceeded';
    if (!reason) return;
    this.#metrics.throttled();
    throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429, { Reason: reason, Type: 'User' });
  }

  #startWorker(onExit: () => void): FunctionWorker {
    const { config, ctx, layerPaths, onLogLine } = this.#options;
    this.coldStarts += 1;
    const day = new Date(ctx.clock.now()).toISOString().slice(0, 10).replaceAll('-', '/');
    const logStreamName = `${day}/[$LATEST]${randomUUID().replaceAll('-', '')}`;
    return new FunctionWorker({
      settings: {
        functionName: config.name,
        codeDirectory: config.codeDirectory,
        compileCacheDirectory: join(dirname(config.codeDirectory), '.compile-cache'),
        handler: config.handler,
        memoryMb: config.memoryMb,
        logFormat: config.logFormat,
        logLevel: config.logLevel,
        logGroupName: config.logGroupName,
        logStreamName,
        clockOffset: ctx.clock.offset,
      },
      environment: workerEnvironment(config, ctx, logStreamName, layerPaths),
      onLogLine: (line) => onLogLine(config.name, line),
      onExit,
    });
  }
}

function refuseLongPayload(payload: string): void {
  if (payload.length * 3 <= longestPayloadBytes || Buffer.byteLength(payload) <= longestPayloadBytes) return;
  const message = `Request must be smaller than ${longestPayloadBytes} bytes for the InvokeFunction operation`;
  throw new AwsError('RequestTooLargeException', message, 413, { Type: 'User' });
}

function refuseLongAnswer(outcome: RunOutcome): RunOutcome {
  const { payload } = outcome;
  if (payload.length * 3 <= longestAnswerBytes || Buffer.byteLength(payload) <= longestAnswerBytes) return outcome;
  const errorMessage = `Response payload size exceeded maximum allowed payload size (${longestAnswerBytes} bytes).`;
  const error = { errorType: 'Function.ResponseSizeTooLarge', errorMessage };
  return { ...outcome, failed: true, payload: JSON.stringify(error) };
}
