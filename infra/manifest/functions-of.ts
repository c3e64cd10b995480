/**
 * One list of everything in a manifest that runs in Lambda, whatever feeds it. The build bundles this list and the
 * stacks deploy it, so that neither can know a function that the other does not.
 */
import type { DomainManifest, FunctionSpec } from '../../layers/kernel/domain/manifest.ts';

export type FunctionKind = 'resource' | 'subscriber' | 'consumer' | 'schedule' | 'shared';

export interface DomainFunctionSpec extends FunctionSpec {
  domain: string;
  kind: FunctionKind;
  memoryMb: number;
  timeoutSeconds: number;
}

const defaultMemoryMb = 256;
/** HTTP functions end well inside the gateway's 30 s, so that the caller gets an answer of ours. */
const defaultTimeoutSeconds: Record<FunctionKind, number> = {
  resource: 15,
  subscriber: 60,
  consumer: 60,
  schedule: 60,
  // Authorizers and WebSocket routes: somebody is waiting. API Gateway gives an authorizer 10 s.
  shared: 10,
};

/** Every function of the domain, resources under the name of their resource. */
export function functionsOf(manifest: DomainManifest): DomainFunctionSpec[] {
  const complete = (kind: FunctionKind, spec: FunctionSpec): DomainFunctionSpec => ({
    ...spec,
    domain: manifest.name,
    kind,
    memoryMb: spec.memoryMb ?? defaultMemoryMb,
    timeoutSeconds: spec.timeoutSeconds ?? defaultTimeoutSeconds[kind],
  });
  return [
    ...manifest.resources.map((spec) => complete('resource', { ...spec, name: spec.resource.name })),
    ...(manifest.subscribers ?? []).map((spec) => complete('subscriber', spec)),
    ...(manifest.consumers ?? []).map((spec) => complete('consumer', spec)),
    ...(manifest.schedules ?? []).map((spec) => complete('schedule', spec)),
    ...(manifest.functions ?? []).map((spec) => complete('shared', spec)),
  ];
}

/** Name of a function among those of all domains; also the folder of its bundle. */
export const bundleName = ({ domain, name }: { domain: string; name: string }): string => `${domain}-${name}`;
