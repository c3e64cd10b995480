/**
 * Asynchronous invocation: the event is accepted at once, retried after errors, and at last handed to a
 * destination or dead-letter queue. The queue is in memory; what is unfinished at a clean stop goes on after
 * the next start, so that stopping a laptop loses no event.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
import { randomUUID } from 'node:crypto';
import { AwsError, type ClockTimer, type RuntimeContext } from '../../runtime/types.ts';
import type { FoundFunction } from './function-registry.ts';
import type { Invocation, LocalFunction } from './local-function.ts';

export interface EventInvokeConfig {
  maximumRetryAttempts: number;
  maximumEventAgeMs: number;
  onSuccessArn: string | undefined;
  onFailureArn: string | undefined;
}

export const defaultEventInvokeConfig: EventInvokeConfig = {
  maximumRetryAttempts: 2,
  maximumEventAgeMs: 6 * 3_600_000,
  onSuccessArn: undefined,
  onFailureArn: undefined,
};

/** Since October 2025; 256 KB before. @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const longestEventBytes = 1024 * 1024;
const errorRetryDelaysMs = [60_000, 120_000];
const firstThrottleDelayMs = 1_000;
const longestThrottleDelayMs = 300_000;

/** What of an event outlives the process. */
export interface UnfinishedEvent {
  functionName: string;
  qualifier: string;
  payload: string;
  requestId: string;
  acceptedAt: number;
  invokeCount: number;
}

interface QueuedEvent extends UnfinishedEvent {
  fn: LocalFunction;
  config: EventInvokeConfig;
  throttles: number;
}

type Condition = 'Success' | 'RetriesExhausted' | 'EventAgeExceeded';

export class AsyncInvocations {
  readonly #ctx: RuntimeContext;
  readonly #timers = new Set<ClockTimer>();
  readonly #unfinished = new Set<QueuedEvent>();
  #stopping = false;

  constructor(ctx: RuntimeContext) {
    this.#ctx = ctx;
  }

  /** Events that wait for their next attempt. */
  get retrying(): number {
    return this.#timers.size;
  }

  /** Returns the request id, which stays the same over all attempts. */
  accept({ fn, qualifier }: FoundFunction, config: EventInvokeConfig, payload: string): string {
    if (payload.length * 3 > longestEventBytes && Buffer.byteLength(payload) > longestEventBytes)
      throw new AwsError(
        'RequestTooLargeException',
        `Request must be smaller than ${longestEventBytes} bytes for the InvokeFunction operation`,
        413,
      );
    const requestId = randomUUID();
    const acceptedAt = this.#ctx.clock.now();
    const functionName = fn.config.name;
    this.#attempt({
      functionName,
      fn,
      config,
      qualifier,
      payload,
      requestId,
      acceptedAt,
      invokeCount: 0,
      throttles: 0,
    });
    return requestId;
  }

  /** Goes on with an event that an earlier run of the platform left unfinished. */
  resume(event: UnfinishedEvent, { fn }: FoundFunction, config: EventInvokeConfig): void {
    this.#attempt({ ...event, fn, config, throttles: 0 });
  }

  /** Starts no more attempts; those that are running may still finish. */
  stop(): void {
    this.#stopping = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }

  unfinished(): UnfinishedEvent[] {
    return [...this.#unfinished].map(({ fn: _fn, config: _config, throttles: _throttles, ...event }) => event);
  }

  #attempt(event: QueuedEvent): void {
    this.#unfinished.add(event);
    this.#invoke(event).catch((error: Error) => {
      if (this.#stopping) return;
      this.#unfinished.delete(event);
      this.#ctx.log.error('Asynchronous invocation lost', { function: event.functionName, error: error.message });
    });
  }

  async #invoke(event: QueuedEvent): Promise<void> {
    let result: Invocation;
    try {
      result = await event.fn.invoke(event.payload, event.requestId, event.qualifier);
    } catch (error) {
      if (!(error instanceof AwsError) || error.code !== 'TooManyRequestsException') throw error;
      // A concurrency of zero is the documented way to switch a function off: no retries.
      if (event.fn.config.reservedConcurrency === 0) return this.#giveUp(event, 'RetriesExhausted', undefined);
      const delayMs = Math.min(firstThrottleDelayMs * 2 ** event.throttles, longestThrottleDelayMs);
      event.throttles += 1;
      return this.#retry(event, delayMs, undefined);
    }
    // An attempt that the stop itself cut short does not count.
    if (result.functionError && this.#stopping) return;
    event.invokeCount += 1;
    if (!result.functionError) {
      if (event.config.onSuccessArn) await this.#send(event.config.onSuccessArn, event, 'Success', result);
      this.#unfinished.delete(event);
      return;
    }
    if (event.invokeCount > event.config.maximumRetryAttempts) return this.#giveUp(event, 'RetriesExhausted', result);
    return this.#retry(event, errorRetryDelaysMs[event.invokeCount - 1]!, result);
  }

  async #retry(event: QueuedEvent, delayMs: number, result: Invocation | undefined): Promise<void> {
    const age = this.#ctx.clock.now() + delayMs - event.acceptedAt;
    if (age >= event.config.maximumEventAgeMs) return this.#giveUp(event, 'EventAgeExceeded', result);
    if (this.#stopping) return;
    const timer = this.#ctx.clock.setTimer(delayMs, () => {
      this.#timers.delete(timer);
      this.#attempt(event);
    });
    this.#timers.add(timer);
  }

  async #giveUp(event: QueuedEvent, condition: Condition, result: Invocation | undefined): Promise<void> {
    const { onFailureArn } = event.config;
    const { deadLetterArn, name } = event.fn.config;
    if (onFailureArn) await this.#send(onFailureArn, event, condition, result);
    // A dead-letter queue receives the event alone.
    if (deadLetterArn) await this.#ctx.targets.deliver({ arn: deadLetterArn, payload: event.payload });
    this.#unfinished.delete(event);
    if (!onFailureArn && !deadLetterArn) this.#ctx.log.error('Event discarded after all attempts', { function: name });
  }

  /** @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
  async #send(arn: string, event: QueuedEvent, condition: Condition, result: Invocation | undefined): Promise<void> {
    const record = {
      version: '1.0',
      timestamp: new Date(this.#ctx.clock.now()).toISOString(),
      requestContext: {
        requestId: event.requestId,
        functionArn: `${event.fn.config.arn}:${event.qualifier}`,
        condition,
        approximateInvokeCount: event.invokeCount,
      },
      requestPayload: parsed(event.payload),
      ...(result && {
        responseContext: {
          statusCode: 200,
          executedVersion: '$LATEST',
          ...(result.functionError && { functionError: result.functionError }),
        },
        responsePayload: parsed(result.payload),
      }),
    };
    await this.#ctx.targets.deliver({
      arn,
      payload: JSON.stringify(record),
      // Only event buses look at these.
      parameters: {
        source: 'lambda',
        detailType: `Lambda Function Invocation Result - ${condition === 'Success' ? 'Success' : 'Failure'}`,
        resources: [arn, record.requestContext.functionArn],
      },
    });
  }
}

function parsed(json: string): unknown {
  return json === '' ? {} : JSON.parse(json);
}
