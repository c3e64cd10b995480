/**
 * Which functions may meet their own messages again: by the queue they are fed from, or round through those of others. Only these
 * must be spared by Lambda's detection of loops; one that merely starts a walk is in no loop.
 */
import type { DomainManifest } from '../../layers/kernel/domain/manifest.ts';
import { functionsOf } from './functions-of.ts';
import { queuesOf } from './queues-of.ts';

/** Names of functions. Messages stay in their domain: a function is granted no other's queues. */
export function loopsOf(manifest: DomainManifest): ReadonlySet<string> {
  const consumerOf = new Map(queuesOf(manifest).map(({ spec, consumer }) => [spec.name, consumer.name]));
  const nextOf = new Map(
    functionsOf(manifest).map(({ name, access }) => [
      name,
      (access.queues ?? []).flatMap((queue) => consumerOf.get(queue) ?? []),
    ]),
  );
  const meetsItself = (name: string): boolean => {
    const reached = new Set(nextOf.get(name));
    for (const each of reached) for (const next of nextOf.get(each) ?? []) reached.add(next);
    return reached.has(name);
  };
  return new Set([...nextOf.keys()].filter(meetsItself));
}
