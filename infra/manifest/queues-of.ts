/** The queues of a domain with the function that consumes each: one per consumer and one per subscriber. */
import type { DomainManifest, QueueConsumerSpec, QueueSpec } from '../../layers/kernel/domain/manifest.ts';
import { functionsOf } from './functions-of.ts';

export interface DomainQueue {
  spec: QueueSpec;
  consumer: Omit<QueueConsumerSpec, 'queue'>;
  /** Whether devices fill it through a topic rule. */
  isIngest: boolean;
  /** Whether functions of the domain send to it, perhaps with a delay. */
  isSentTo: boolean;
}

export function queuesOf(manifest: DomainManifest): DomainQueue[] {
  const ingest = new Set((manifest.topicRules ?? []).map(({ queue }) => queue));
  const sentTo = new Set(functionsOf(manifest).flatMap(({ access }) => access.queues ?? []));
  const complete = (spec: QueueSpec, consumer: DomainQueue['consumer']): DomainQueue => ({
    spec,
    consumer,
    isIngest: ingest.has(spec.name),
    isSentTo: sentTo.has(spec.name),
  });
  return [
    ...(manifest.consumers ?? []).map((consumer) => complete(consumer.queue, consumer)),
    ...(manifest.subscribers ?? []).map((consumer) => complete(consumer.queue ?? { name: consumer.name }, consumer)),
  ];
}
