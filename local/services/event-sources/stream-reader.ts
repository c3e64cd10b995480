/**
 * Reads a table's stream shard by shard, in order, for event source mappings and pipes: batches with a
 * window, and a checkpoint that moves only when a batch is done with. Retrying is in `batch-retry.ts`.
 * @see Lambda Developer Guide, "Using AWS Lambda with Amazon DynamoDB", "Polling and batching streams"
 */
import type { FaultInjector } from '../../runtime/faults.ts';
import type { Clock, DynamoDbStreams, Logger, StreamRecord } from '../../runtime/types.ts';
import { type BatchConsumer, deliverInOrder, type RetryLimits } from './batch-retry.ts';
import type { Checkpoints } from './checkpoints.ts';

export interface StreamReaderOptions extends RetryLimits, BatchConsumer {
  /** Stable over restarts: the owner of the checkpoints. */
  name: string;
  streamArn: string;
  streams: DynamoDbStreams;
  checkpoints: Checkpoints;
  clock: Clock;
  log: Logger;
  faults: FaultInjector;
  startingPosition: 'TRIM_HORIZON' | 'LATEST';
  batchSize: number;
  windowMs: number;
  /** Batches of one shard at a time; records of one item stay in order. */
  parallelizationFactor: number;
  maximumBytes: number;
  matches(record: StreamRecord): boolean;
}

export class StreamReader {
  readonly #options: StreamReaderOptions;
  /** A table that is made anew has another stream, whose positions mean something else. */
  readonly #consumer: string;
  readonly #loops = new Map<string, Promise<void>>();
  readonly #stopping = new AbortController();
  readonly #wakers = new Set<() => void>();
  #unsubscribe: (() => void) | undefined;

  constructor(options: StreamReaderOptions) {
    this.#options = options;
    this.#consumer = `${options.name} ${options.streamArn}`;
  }

  start(): void {
    const { streams, streamArn, startingPosition } = this.#options;
    this.#openShards(startingPosition);
    this.#unsubscribe = streams.onAppend(streamArn, () => {
      // A shard that came later is read from its beginning.
      this.#openShards('TRIM_HORIZON');
      for (const wake of [...this.#wakers]) wake();
    });
  }

  /** Resolves when running batches have ended. */
  async stop(): Promise<void> {
    this.#unsubscribe?.();
    this.#stopping.abort(new Error('The platform stops.'));
    for (const wake of [...this.#wakers]) wake();
    await Promise.all(this.#loops.values());
  }

  #openShards(from: 'TRIM_HORIZON' | 'LATEST'): void {
    const { streams, streamArn, checkpoints, name, log } = this.#options;
    for (const shardId of streams.shards(streamArn)) {
      if (this.#loops.has(shardId)) continue;
      if (checkpoints.get(this.#consumer, shardId) === undefined)
        checkpoints.set(this.#consumer, shardId, (from === 'LATEST' && streams.latest(streamArn, shardId)) || '');
      const loop = this.#read(shardId).catch((error: unknown) => {
        if (!this.#stopping.signal.aborted)
          log.error(`${name}: reading shard ${shardId} ended`, { error: String(error) });
      });
      this.#loops.set(shardId, loop);
    }
  }

  async #read(shardId: string): Promise<void> {
    const { checkpoints, parallelizationFactor } = this.#options;
    while (!this.#stopping.signal.aborted) {
      const { records, last } = await this.#gather(shardId);
      if (last === undefined) continue;
      if (parallelizationFactor === 1) {
        const advance = (record: StreamRecord) =>
          checkpoints.set(this.#consumer, shardId, record.dynamodb.SequenceNumber);
        await this.#deliver(records, shardId, advance);
      } else await Promise.all(lanes(records, parallelizationFactor).map((lane) => this.#deliver(lane, shardId)));
      checkpoints.set(this.#consumer, shardId, last);
    }
  }

  /** Waits for records that pass the filter until the batch is full or its window has passed; a read that finds none of them still advances. */
  async #gather(shardId: string): Promise<{ records: StreamRecord[]; last: string | undefined }> {
    const { streams, streamArn, checkpoints, clock, batchSize, windowMs, parallelizationFactor, matches } =
      this.#options;
    const wanted = batchSize * parallelizationFactor;
    const records: StreamRecord[] = [];
    let position = checkpoints.get(this.#consumer, shardId) || undefined;
    let last: string | undefined;
    let windowEnd: number | undefined;
    while (!this.#stopping.signal.aborted) {
      const read = streams.read(streamArn, shardId, position, wanted - records.length);
      for (const record of read) if (matches(record)) records.push(record);
      if (read.length > 0) position = last = read.at(-1)!.dynamodb.SequenceNumber;
      if (records.length >= wanted) break;
      if (records.length > 0) windowEnd ??= clock.now() + windowMs;
      if (windowEnd !== undefined && clock.now() >= windowEnd) break;
      if (read.length > 0) continue;
      if (records.length === 0 && last !== undefined) break;
      await this.#appended(windowEnd);
    }
    return this.#stopping.signal.aborted ? { records: [], last: undefined } : { records, last };
  }

  /** Resolves when records were appended, at `until`, or when the reader stops. */
  #appended(until: number | undefined): Promise<void> {
    const { clock } = this.#options;
    return new Promise((resolve) => {
      const wake = () => {
        this.#wakers.delete(wake);
        timer?.cancel();
        resolve();
      };
      const timer = until === undefined ? undefined : clock.setTimer(until - clock.now(), wake);
      this.#wakers.add(wake);
    });
  }

  async #deliver(records: StreamRecord[], shardId: string, advance?: (record: StreamRecord) => void): Promise<void> {
    const { batchSize, maximumBytes, faults, streamArn } = this.#options;
    for (const batch of split(records, batchSize, maximumBytes)) {
      await deliverInOrder(batch, shardId, this.#options, {
        signal: this.#stopping.signal,
        ...(advance && { advance }),
      });
      if (faults.strike('stream.duplicate', streamArn))
        await deliverInOrder(batch, shardId, this.#options, { signal: this.#stopping.signal });
    }
  }
}

function* split(records: StreamRecord[], batchSize: number, maximumBytes: number): Generator<StreamRecord[]> {
  let batch: StreamRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    const size = Buffer.byteLength(JSON.stringify(record)) + 1;
    if (batch.length >= batchSize || (batch.length > 0 && bytes + size > maximumBytes)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(record);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

/** Records of one item always share a lane. */
function lanes(records: StreamRecord[], count: number): StreamRecord[][] {
  const split: StreamRecord[][] = Array.from({ length: count }, () => []);
  for (const record of records) {
    let hash = 0;
    for (const character of JSON.stringify(record.dynamodb.Keys)) hash = (hash * 31 + character.charCodeAt(0)) | 0;
    split[Math.abs(hash) % count]!.push(record);
  }
  return split.filter((lane) => lane.length > 0);
}
