/** A function and a table stream for the tests of pollers and pipes: the contracts of both services in a few lines. */
import type { DynamoDbStreams, InvokeResult, LambdaInvoker, StreamRecord } from '../../runtime/types.ts';

export interface FakeFunction extends LambdaInvoker {
  /** The events it was invoked with. */
  readonly events: any[];
  /** Replaces the answer; a thrown error is what `invoke` rejects with. */
  answer(handler: (event: any, invocation: number) => unknown): void;
}

/** Thrown by a handler: the function itself failed. */
export class FunctionFailure extends Error {}

export function createFakeFunction(): FakeFunction {
  const events: any[] = [];
  let handler: (event: any, invocation: number) => unknown = () => null;
  return {
    signingName: 'lambda',
    resources: {},
    events,
    answer(replacement) {
      handler = replacement;
    },
    async invoke(_, payload): Promise<InvokeResult> {
      const event = JSON.parse(payload);
      events.push(event);
      const facts = { cpuMs: 1, durationMs: 1 };
      try {
        const answer = await handler(event, events.length);
        return { payload: typeof answer === 'string' ? answer : JSON.stringify(answer ?? null), ...facts };
      } catch (error) {
        if (!(error instanceof FunctionFailure)) throw error;
        return { functionError: 'Unhandled', payload: JSON.stringify({ errorMessage: error.message }), ...facts };
      }
    },
    async invokeAsync(_, payload) {
      events.push(JSON.parse(payload));
    },
  };
}

export const streamArn = 'arn:aws:dynamodb:us-east-1:000000000000:table/meters/stream/2026-01-01T00:00:00.000';

export interface FakeStream extends DynamoDbStreams {
  append(shardId: string, ...images: Record<string, unknown>[]): void;
}

export function createFakeStream(now: () => number, shardIds: string[] = ['shard-0']): FakeStream {
  const shards = new Map<string, StreamRecord[]>(shardIds.map((id) => [id, []]));
  const listeners = new Set<() => void>();
  let sequence = 100;
  return {
    signingName: 'dynamodb',
    resources: {},
    shards: () => [...shards.keys()],
    read: (_, shardId, after, limit) =>
      shards
        .get(shardId)!
        .filter(({ dynamodb }) => after === undefined || dynamodb.SequenceNumber > after)
        .slice(0, limit),
    latest: (_, shardId) => shards.get(shardId)!.at(-1)?.dynamodb.SequenceNumber,
    onAppend(_, listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    append(shardId, ...images) {
      if (!shards.has(shardId)) shards.set(shardId, []);
      for (const image of images) {
        sequence += 1;
        shards.get(shardId)!.push({
          ...{ eventID: `e${sequence}`, eventName: 'INSERT', eventVersion: '1.1', eventSource: 'aws:dynamodb' },
          ...{ awsRegion: 'us-east-1', eventSourceARN: streamArn },
          dynamodb: {
            ApproximateCreationDateTime: Math.floor(now() / 1000),
            Keys: { pk: image['pk'] ?? { S: 'k' } },
            NewImage: image,
            ...{ SequenceNumber: String(sequence), SizeBytes: 10, StreamViewType: 'NEW_IMAGE' },
          },
        });
      }
      setImmediate(() => {
        for (const listener of listeners) listener();
      });
    },
  };
}

/** Lets everything run that needs no time: promises and event-loop turns. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
