/** The queues of a domain with the function that consumes each: one per consumer and one per subscriber. */
import type { DomainManifest, QueueConsumerSpec, QueueSpec } from '../../layers/kernel/domain/manifest.ts';

export interface DomainQueue {
  spec: QueueSpec;
  consumer: Omit<QueueConsumerSpec, 'queue'>;
  /** Whether devices fill it through a topic rule. */
  isIngest: boolean;
}

export function queuesOf(manifest: DomainManifest): DomainQueue[] {
  const ingest = new Set((manifest.topicRules ?? []).map(({ queue }) => queue));
  return [
    ...(manifest.consumers ?? []).map((consumer) => ({
      spec: consumer.queue,
      consumer,
      isIngest: ingest.has(consumer.queue.name),
    })),
    ...(manifest.subscribers ?? []).map((consumer) => ({
      spec: consumer.queue ?? { name: consumer.name },
      consumer,
      isIngest: false,
    })),
  ];
}
