/**
 * Lifecycle rules: objects expire and unfinished uploads are aborted at the midnight (UTC) after
 * their days are over. Transitions between storage classes change nothing here.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
 */
import { type Clock, type ClockTimer, ConfigurationError } from '../../runtime/types.ts';
import type { Buckets } from './buckets.ts';

const DAY_MS = 86_400_000;

export interface LifecycleRule {
  prefix: string;
  expireAfterDays: number | undefined;
  abortUploadsAfterDays: number | undefined;
}

/** From the LifecycleConfiguration of a bucket. */
export function readLifecycle(bucketName: string, configuration: Record<string, any> | undefined): LifecycleRule[] {
  const rules = ((configuration?.['Rules'] ?? []) as Record<string, any>[]).filter(
    ({ Status }) => Status === 'Enabled',
  );
  return rules.map((rule) => {
    if (
      rule['TagFilters'] !== undefined ||
      rule['ObjectSizeGreaterThan'] !== undefined ||
      rule['ObjectSizeLessThan'] !== undefined
    )
      throw new ConfigurationError(
        `S3 bucket "${bucketName}" has a lifecycle rule by tag or size; by prefix alone is played locally.`,
      );
    if (rule['ExpirationDate'] !== undefined)
      throw new ConfigurationError(
        `S3 bucket "${bucketName}" has a lifecycle rule with ExpirationDate; use ExpirationInDays.`,
      );
    const days = (value: unknown): number | undefined => (value === undefined ? undefined : Number(value));
    return {
      prefix: String(rule['Prefix'] ?? ''),
      expireAfterDays: days(rule['ExpirationInDays']),
      abortUploadsAfterDays: days(rule['AbortIncompleteMultipartUpload']?.DaysAfterInitiation),
    };
  });
}

export class LifecycleSweep {
  readonly #clock: Clock;
  readonly #buckets: Buckets;
  #timer: ClockTimer | undefined;

  constructor(clock: Clock, buckets: Buckets) {
    this.#clock = clock;
    this.#buckets = buckets;
  }

  start(): void {
    this.#timer = this.#clock.setTimer(DAY_MS - (this.#clock.now() % DAY_MS), () => {
      this.start();
      void this.sweep();
    });
  }

  stop(): void {
    this.#timer?.cancel();
  }

  async sweep(): Promise<void> {
    const now = this.#clock.now();
    const isOver = (since: number, days: number | undefined): boolean =>
      days !== undefined && now >= Math.ceil((since + days * DAY_MS) / DAY_MS) * DAY_MS;
    for (const { objects, uploads, lifecycle } of this.#buckets.all()) {
      for (const { prefix, expireAfterDays, abortUploadsAfterDays } of lifecycle) {
        for (const key of objects.keys())
          if (key.startsWith(prefix) && isOver(objects.get(key)!.lastModified, expireAfterDays))
            await objects.delete(key);
        for (const { uploadId, key, begunAt } of uploads.all())
          if (key.startsWith(prefix) && isOver(begunAt, abortUploadsAfterDays)) uploads.abort(uploadId, key);
      }
    }
  }
}
