/** How pollers read table streams. */
import { AwsError, type DynamoDbStreams } from '../../runtime/types.ts';
import type { Engine } from './engine.ts';
import { formatSequenceNumber, parseSequenceNumber, toStreamRecord } from './storage/build-stream-record.ts';
import { shardCount } from './storage/stream-log.ts';
import { streamArnOf } from './tables/describe-table.ts';

const shardIds = Array.from({ length: shardCount }, (_, shard) => `shardId-${String(shard).padStart(20, '0')}`);

export function streamReader({
  catalog,
  log,
  context,
}: Engine): Pick<DynamoDbStreams, 'shards' | 'read' | 'latest' | 'onAppend'> {
  /** Number of the stream behind an ARN; a table that was changed has another ARN. */
  const streamId = (streamArn: string): number => {
    const table = catalog.all().find((candidate) => streamArnOf(candidate) === streamArn);
    if (table === undefined)
      throw new AwsError('ResourceNotFoundException', `Requested resource not found: Stream: ${streamArn} not found`);
    return table.entry.stream!.id;
  };
  return {
    shards(streamArn) {
      streamId(streamArn);
      return [...shardIds];
    },
    read(streamArn, shardId, after, limit) {
      const position = after === undefined ? 0 : parseSequenceNumber(after);
      return log
        .read(streamId(streamArn), shardNumber(shardId), position, limit)
        .map((logged) => toStreamRecord(streamArn, context.region, logged));
    },
    latest(streamArn, shardId) {
      const sequence = log.latest(streamId(streamArn), shardNumber(shardId));
      return sequence === undefined ? undefined : formatSequenceNumber(sequence);
    },
    onAppend(streamArn, listener) {
      return log.listen(streamId(streamArn), listener);
    },
  };
}

function shardNumber(shardId: string): number {
  const shard = shardIds.indexOf(shardId);
  if (shard < 0)
    throw new AwsError('ResourceNotFoundException', `Requested resource not found: Shard does not exist: ${shardId}`);
  return shard;
}
