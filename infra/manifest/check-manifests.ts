/**
 * Says what is wrong with manifests before anything is made of them: AWS would say it later, during a deployment, and
 * less plainly.
 */
import type { DomainManifest } from '../../layers/kernel/domain/manifest.ts';
import { keyNames } from '../deployment.ts';
import { bundleName, type DomainFunctionSpec, functionsOf } from './functions-of.ts';
import { type DomainQueue, queuesOf } from './queues-of.ts';

/** @throws Error that lists everything wrong, each line with the domain and the fix */
export function checkManifests(manifests: readonly DomainManifest[]): void {
  const problems = [
    ...repeated(manifests.map(({ name }) => name)).map((name) => `two domains are named "${name}".`),
    ...repeated(manifests.flatMap(({ tables }) => Object.keys(tables))).map(
      (name) => `two tables are named "${name}": logical table names are global.`,
    ),
    ...repeated(manifests.flatMap(({ buckets }) => Object.keys(buckets ?? {}))).map(
      (name) => `two buckets are named "${name}": logical bucket names are global.`,
    ),
    ...repeated(manifests.flatMap(({ resources }) => resources.map(({ resource }) => resource.base))).map(
      (base) => `two resources have the base "${base}".`,
    ),
    ...manifests.flatMap((manifest) => checkDomain(manifest, manifests).map((text) => `${manifest.name}: ${text}`)),
  ];
  if (problems.length > 0) throw new Error(`The domain manifests do not fit together:\n- ${problems.join('\n- ')}`);
}

function checkDomain(manifest: DomainManifest, all: readonly DomainManifest[]): string[] {
  const functions = functionsOf(manifest);
  const queues = queuesOf(manifest);
  const fed = new Set((manifest.consumers ?? []).map(({ queue }) => queue.name));
  return [
    ...[manifest.name, ...functions.map(({ name }) => name), ...queues.map(({ spec }) => spec.name)]
      .filter((name) => !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name))
      .map((name) => `"${name}" is not kebab-case.`),
    ...repeated(functions.map(({ name }) => name)).map((name) => `two functions are named "${name}".`),
    ...repeated(queues.map(({ spec }) => spec.name)).map((name) => `two consumers share the queue "${name}".`),
    ...manifest.resources
      .map(({ resource }) => resource.base)
      .filter((base) => !/^\/([^/{}]+(\/[^/{}]+)*)?$/.test(base))
      .map((base) => `the base "${base}" must be "/" or a path without variables and without "/" at the end.`),
    ...(manifest.topicRules ?? [])
      .filter(({ queue }) => !fed.has(queue))
      .map(
        ({ name, queue }) => `topic rule "${name}" fills the queue "${queue}", which no consumer of the domain has.`,
      ),
    ...(manifest.events.length > 0 && !Object.values(manifest.tables).some(({ outbox }) => outbox)
      ? ['it publishes events, but none of its tables has an outbox.']
      : []),
    ...functions.flatMap((spec) => checkFunction(spec, all, new Set(queues.map(({ spec: queue }) => queue.name)))),
    ...queues.flatMap((queue) => checkQueue(queue, functions)),
  ];
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html */
function checkQueue({ spec, consumer }: DomainQueue, functions: readonly DomainFunctionSpec[]): string[] {
  const { name, batchSize = 10, batchWindowSeconds = 0, maxConcurrency = 2 } = consumer;
  const { timeoutSeconds } = functions.find((candidate) => candidate.name === name)!;
  return [
    ...(batchSize > 10 && batchWindowSeconds < 1
      ? [`"${name}" takes batches of more than 10, for which Lambda needs batchWindowSeconds ≥ 1.`]
      : []),
    ...(batchSize < 1 || batchSize > 10_000
      ? [`"${name}" takes batches of ${batchSize}; 1 to 10000 are possible.`]
      : []),
    ...(maxConcurrency < 2 || maxConcurrency > 1000
      ? [`"${name}" has maxConcurrency ${maxConcurrency}; 2 to 1000 are possible.`]
      : []),
    ...(spec.visibilityTimeoutSeconds !== undefined && spec.visibilityTimeoutSeconds < timeoutSeconds
      ? [`the queue "${spec.name}" shows messages again before "${name}" times out (${timeoutSeconds} s).`]
      : []),
  ];
}

function checkFunction(spec: DomainFunctionSpec, all: readonly DomainManifest[], queues: Set<string>): string[] {
  const tables = new Set(all.flatMap((manifest) => Object.keys(manifest.tables)));
  const buckets = new Set(all.flatMap((manifest) => Object.keys(manifest.buckets ?? {})));
  const { access } = spec;
  const unknown = (kind: string, names: string[], known: ReadonlySet<string>, hint: string): string[] =>
    names.filter((name) => !known.has(name)).map((name) => `it is granted the ${kind} "${name}", ${hint}.`);
  const problems = [
    ...unknown('table', Object.keys(access.tables ?? {}), tables, 'which no domain has'),
    ...unknown('bucket', Object.keys(access.buckets ?? {}), buckets, 'which no domain has'),
    ...unknown('queue', access.queues ?? [], queues, 'which is not a queue of this domain'),
    ...unknown('key', Object.keys(access.keys ?? {}), new Set(keyNames), `known are ${keyNames.join(' and ')}`),
    ...(spec.memoryMb < 128 || spec.memoryMb > 10_240 ? [`${spec.memoryMb} MB of memory is not possible.`] : []),
    ...(spec.timeoutSeconds > longest(spec) ? [`its timeout may be ${longest(spec)} s at most.`] : []),
  ];
  return problems.map((problem) => `function "${bundleName(spec)}": ${problem}`);
}

/** An HTTP API waits 30 s for an integration. */
const longest = ({ kind }: DomainFunctionSpec): number => (kind === 'resource' ? 29 : 900);

const repeated = (names: readonly string[]): string[] => [
  ...new Set(names.filter((name, position) => names.indexOf(name) !== position)),
];
