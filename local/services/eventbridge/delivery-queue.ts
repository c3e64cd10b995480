/**
 * Deliveries to targets with retries and dead-letter queue, for rules, schedules and subscriptions.
 * What is not delivered yet when the platform stops is kept and tried again at the next start.
 * @see EventBridge User Guide, "How EventBridge retries delivering events", "Using dead-letter queues"
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  AwsError,
  type ClockTimer,
  ConfigurationError,
  type RuntimeContext,
  type TargetRequest,
} from '../../runtime/types.ts';
import type { SqsService } from '../sqs/index.ts';

export interface RetryPolicy {
  maximumRetryAttempts: number;
  maximumEventAgeMs: number;
}

export interface Delivery extends RetryPolicy {
  target: TargetRequest;
  deadLetterArn?: string | undefined;
  /** Message attributes of a dead letter that say where it came from, e.g. `RULE_ARN`. */
  origin: Record<string, string>;
}

interface Job extends Delivery {
  submittedAt: number;
  retries: number;
}

const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 10 * 60_000;
/** Errors that no retry heals: the target is gone or never was one. */
const PERMANENT = new Set([
  'AccessDeniedException',
  'ResourceNotFoundException',
  'QueueDoesNotExist',
  'NotFound',
  'InvalidTarget',
  'ValidationException',
]);

/** As EventBridge writes them into dead letters. @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html */
const DEAD_LETTER_CODES: Readonly<Record<string, string>> = { AccessDeniedException: 'NO_PERMISSIONS' };

export class DeliveryQueue {
  readonly #ctx: RuntimeContext;
  readonly #name: string;
  readonly #jobs = new Map<Job, ClockTimer | undefined>();
  readonly #render: (payload: string, attempt: number) => string;
  #stopped = false;

  /** @param render last touch on the payload before each attempt, which counts from 1 */
  constructor(
    ctx: RuntimeContext,
    name: string,
    render: (payload: string, attempt: number) => string = (payload) => payload,
  ) {
    this.#ctx = ctx;
    this.#name = name;
    this.#render = render;
  }

  /** Takes a delivery over; it never rejects, its failures end in the dead-letter queue or the log. */
  submit(delivery: Delivery): void {
    this.#begin({ ...delivery, submittedAt: this.#ctx.clock.now(), retries: 0 });
  }

  /** Resumes what an earlier run left undelivered. */
  start(): void {
    const db = this.#open();
    if (db === undefined) return;
    const rows = db.prepare('select job from deliveries order by rowid').all();
    db.exec('delete from deliveries');
    db.close();
    for (const { job } of rows) this.#begin(JSON.parse(job as string) as Job);
  }

  stop(): void {
    this.#stopped = true;
    for (const timer of this.#jobs.values()) timer?.cancel();
    if (this.#jobs.size === 0) return;
    const db = this.#open();
    const insert = db?.prepare('insert into deliveries (job) values (?)');
    for (const job of this.#jobs.keys()) insert?.run(JSON.stringify(job));
    db?.close();
  }

  #begin(job: Job): void {
    this.#jobs.set(job, undefined);
    void this.#attempt(job);
  }

  async #attempt(job: Job): Promise<void> {
    try {
      await this.#ctx.targets.deliver({ ...job.target, payload: this.#render(job.target.payload, job.retries + 1) });
      this.#jobs.delete(job);
    } catch (error) {
      if (!this.#stopped) this.#failed(job, error);
    }
  }

  #failed(job: Job, error: unknown): void {
    const { clock, log } = this.#ctx;
    const code = error instanceof AwsError ? error.code : 'SDK_CLIENT_ERROR';
    const message = error instanceof Error ? error.message : String(error);
    const delayMs = Math.min(FIRST_RETRY_MS * 2 ** job.retries, LONGEST_RETRY_MS);
    const exhausted =
      job.retries >= job.maximumRetryAttempts
        ? 'MaximumRetryAttempts'
        : clock.now() + delayMs - job.submittedAt > job.maximumEventAgeMs
          ? 'MaximumEventAgeInSeconds'
          : undefined;
    if (exhausted === undefined && !PERMANENT.has(code)) {
      log.debug(`${this.#name}: delivery to ${job.target.arn} failed and is retried`, { code, message, delayMs });
      const retry = () => {
        job.retries += 1;
        void this.#attempt(job);
      };
      this.#jobs.set(job, clock.setTimer(delayMs, retry));
      return;
    }
    this.#jobs.delete(job);
    this.#bury(job, {
      ERROR_CODE: (this.#name === 'events' && DEAD_LETTER_CODES[code]) || code,
      ERROR_MESSAGE: message,
      RETRY_ATTEMPTS: String(job.retries),
      ...(exhausted !== undefined && { EXHAUSTED_RETRY_CONDITION: exhausted }),
    });
  }

  #bury(job: Job, reason: Record<string, string>): void {
    const { log } = this.#ctx;
    const facts = { ...job.origin, TARGET_ARN: job.target.arn, ...reason };
    if (job.deadLetterArn === undefined) {
      log.warn(`${this.#name}: a delivery was given up and no dead-letter queue keeps it`, facts);
      return;
    }
    const attributes = Object.fromEntries(
      Object.entries(facts).map(([name, value]) => [name, { DataType: 'String', StringValue: value || '-' }]),
    );
    try {
      const { caller } = job.target;
      if (caller) this.#ctx.access.checkCaller(caller, 'sqs:SendMessage', job.deadLetterArn);
      this.#ctx.service<SqsService>('sqs').queue(job.deadLetterArn).send({ body: job.target.payload, attributes });
    } catch (error) {
      log.error(`${this.#name}: the dead-letter queue ${job.deadLetterArn} refused a delivery`, {
        ...facts,
        cause: String(error),
      });
    }
  }

  #open(): DatabaseSync | undefined {
    if (this.#ctx.dataDir === undefined) return undefined;
    mkdirSync(this.#ctx.dataDir, { recursive: true });
    const db = new DatabaseSync(join(this.#ctx.dataDir, `deliveries-${this.#name}.sqlite`));
    db.exec('create table if not exists deliveries (job text)');
    return db;
  }
}

/** Reads `RetryPolicy` of a rule target or schedule: 185 retries within 24 hours unless said otherwise. */
export function readRetryPolicy(policy: Record<string, any> | undefined, owner: string): RetryPolicy {
  const { MaximumRetryAttempts: attempts = 185, MaximumEventAgeInSeconds: age = 86_400 } = policy ?? {};
  if (!(attempts >= 0 && attempts <= 185))
    throw new ConfigurationError(`${owner}: MaximumRetryAttempts must be from 0 to 185.`);
  if (!(age >= 60 && age <= 86_400))
    throw new ConfigurationError(`${owner}: MaximumEventAgeInSeconds must be from 60 to 86400.`);
  return { maximumRetryAttempts: Number(attempts), maximumEventAgeMs: Number(age) * 1000 };
}
