/**
 * One batch of stream records until it is done with: retried, narrowed to what failed, split in halves, or
 * given up. Later records wait, because a shard is processed in order.
 * @see Lambda Developer Guide, "Retain discarded records for a DynamoDB event source" and
 * "Configuring partial batch response with DynamoDB and Lambda"
 */
import type { Clock, StreamRecord } from '../../runtime/types.ts';

export type BatchOutcome =
  | { kind: 'done' }
  /** `from` is the sequence number of the first failed record; everything before it is done. */
  | { kind: 'failed'; from?: string; functionError?: string }
  /** The consumer was not reached: a retry that is not counted. */
  | { kind: 'throttled' };

export type DiscardCondition = 'RetryAttemptsExhausted' | 'RecordAgeExceeded';

export interface Discard {
  condition: DiscardCondition;
  records: StreamRecord[];
  shardId: string;
  /** How often the consumer was tried with these records. */
  attempts: number;
}

export interface RetryLimits {
  /** -1 retries until the records expire. */
  maximumRetryAttempts: number;
  /** -1 has no limit besides the stream's own 24 hours. */
  maximumRecordAgeMs: number;
  bisects: boolean;
}

export interface BatchConsumer {
  process(records: StreamRecord[]): Promise<BatchOutcome>;
  discard(discard: Discard): Promise<void>;
}

const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 60_000;

export interface DeliveryControl {
  signal: AbortSignal;
  /** Told the last record before a point that later attempts start from. */
  advance?: (record: StreamRecord) => void;
}

/** Resolves when every record was processed or discarded; rejects when the signal aborts. */
export async function deliverInOrder(
  batch: StreamRecord[],
  shardId: string,
  consumer: RetryLimits & BatchConsumer & { clock: Clock },
  control: DeliveryControl,
  attemptsSoFar = 0,
): Promise<void> {
  const { clock, maximumRetryAttempts, bisects } = consumer;
  let pending = batch;
  let attempts = attemptsSoFar;
  let throttles = 0;
  for (;;) {
    pending = await discardExpired(pending, shardId, consumer, attempts);
    if (pending.length === 0) return;
    const outcome = await consumer.process(pending);
    if (outcome.kind === 'done') return;
    control.signal.throwIfAborted();
    if (outcome.kind === 'throttled') {
      await clock.sleep(backoff(throttles), control.signal);
      throttles += 1;
      continue;
    }
    const failedIndex = Math.max(
      0,
      pending.findIndex(({ dynamodb }) => dynamodb.SequenceNumber === outcome.from),
    );
    if (failedIndex > 0) {
      // Another record fails now: its retries are its own.
      control.advance?.(pending[failedIndex - 1]!);
      pending = pending.slice(failedIndex);
      attempts = 0;
      // With bisecting the batch is split at the reported record.
      if (bisects) continue;
    } else if (bisects && pending.length > 1) {
      // "Splitting batches doesn't consume the retry quota."
      const middle = Math.ceil(pending.length / 2);
      await deliverInOrder(pending.slice(0, middle), shardId, consumer, control, attempts);
      control.advance?.(pending[middle - 1]!);
      pending = pending.slice(middle);
      continue;
    }
    if (maximumRetryAttempts >= 0 && attempts >= maximumRetryAttempts) {
      await consumer.discard({
        condition: 'RetryAttemptsExhausted',
        records: pending,
        shardId,
        attempts: attempts + 1,
      });
      return;
    }
    await clock.sleep(backoff(attempts), control.signal);
    attempts += 1;
  }
}

async function discardExpired(
  records: StreamRecord[],
  shardId: string,
  consumer: RetryLimits & BatchConsumer & { clock: Clock },
  attempts: number,
): Promise<StreamRecord[]> {
  const { maximumRecordAgeMs, clock } = consumer;
  if (maximumRecordAgeMs < 0) return records;
  const oldest = (clock.now() - maximumRecordAgeMs) / 1000;
  const isExpired = ({ dynamodb }: StreamRecord) => dynamodb.ApproximateCreationDateTime < oldest;
  const expired = records.filter(isExpired);
  if (expired.length === 0) return records;
  await consumer.discard({ condition: 'RecordAgeExceeded', records: expired, shardId, attempts });
  return records.filter((record) => !isExpired(record));
}

function backoff(attempt: number): number {
  return Math.min(FIRST_BACKOFF_MS * 2 ** attempt, LONGEST_BACKOFF_MS);
}
