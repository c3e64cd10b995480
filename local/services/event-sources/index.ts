/** Event source mappings: the pollers that AWS Lambda runs between queues or table streams and functions. */
import { createHash } from 'node:crypto';
import { once, within } from '../../runtime/draining.ts';
import type { AwsService, RuntimeContext } from '../../runtime/types.ts';
import type { SqsService } from '../sqs/index.ts';
import { openCheckpoints } from './checkpoints.ts';
import { type MappingSettings, readMapping } from './mapping-settings.ts';
import { createQueueMapping } from './queue-mapping.ts';
import { requireDeclared } from './require-declared.ts';
import { createStreamMapping } from './stream-mapping.ts';

/** Real time that running batches get to end when the platform stops. */
const GRACE_MS = 2000;

export function createEventSourcesService(ctx: RuntimeContext): AwsService {
  const mappings: MappingSettings[] = [];
  const stopping = new AbortController();
  const checkpoints = openCheckpoints(ctx.dataDir, 'event-sources');
  const queueOf = ({ name, sourceArn }: MappingSettings) =>
    requireDeclared(`Event source mapping ${name}`, () => ctx.service<SqsService>('sqs').queue(sourceArn));
  let pollers: { start(): void; stop(): Promise<void> }[] = [];
  const drain = once(async () => {
    stopping.abort(new Error('The platform stops.'));
    // What is cut off is delivered again after the next start.
    await within(GRACE_MS, Promise.all(pollers.map((poller) => poller.stop())));
  });

  return {
    signingName: 'lambda-event-sources',
    resources: {
      'AWS::Lambda::EventSourceMapping': ({ properties, defaultName }) => {
        mappings.push(readMapping(defaultName, properties));
        const id = stableUuid(defaultName);
        const arn = `arn:aws:lambda:${ctx.region}:${ctx.accountId}:event-source-mapping:${id}`;
        return { ref: id, attributes: { Id: id, EventSourceMappingArn: arn } };
      },
    },
    async start() {
      const enabled = mappings.filter((mapping) => mapping.enabled);
      pollers = enabled.map((mapping) =>
        mapping.sourceArn.startsWith('arn:aws:sqs:')
          ? createQueueMapping(ctx, mapping, queueOf(mapping), stopping.signal)
          : createStreamMapping(ctx, mapping, checkpoints),
      );
      for (const [index, poller] of pollers.entries())
        requireDeclared(`Event source mapping ${enabled[index]!.name}`, () => poller.start());
    },
    drain,
    async stop() {
      await drain();
      checkpoints.close();
    },
  };
}

function stableUuid(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
