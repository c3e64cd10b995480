/**
 * Creates what the assembly declares: every resource of every stack through the service that knows its
 * type. What cannot be honoured is an error before anything runs, never a silent gap.
 */
import { createHash } from 'node:crypto';
import type { Assembly, AssemblyStack, TemplateResource } from './assembly.ts';
import { creationOrder } from './creation-order.ts';
import { type ResolveScope, resolveValue } from './resolve.ts';
import { createStackScope, type StackEnvironment } from './stack-scope.ts';
import { ConfigurationError, type CreatedResource, type DeclaredResource, type ResourceProvider } from './types.ts';
import { typesWithoutRuntimeBehaviour } from './types-without-behaviour.ts';

export interface DeployedResource {
  stackName: string;
  logicalId: string;
  type: string;
  /** What `Ref` gives, mostly the physical name. */
  physicalId: string;
  attributes: Record<string, unknown>;
  /** The construct's path in the CDK tree, when the assembly carries it. */
  constructPath: string | undefined;
}

export interface Deployment {
  resources: DeployedResource[];
  /** Outputs by stack name, then by output name. */
  outputs: Record<string, Record<string, unknown>>;
}

/**
 * @param onCreated hears of every resource with what became of it
 * @throws ConfigurationError for unknown types (all of them at once) or anything a provider refuses
 */
export async function deploy(
  assembly: Assembly,
  providers: ReadonlyMap<string, ResourceProvider>,
  environment: Omit<StackEnvironment, 'exports' | 'outputs'>,
  onCreated: (resource: DeclaredResource, created: CreatedResource) => void = () => {},
): Promise<Deployment> {
  refuseUnknownTypes(assembly, providers);
  const deployment: Deployment = { resources: [], outputs: {} };
  const exports = new Map<string, unknown>();
  for (const stack of assembly.stacks) {
    const created = new Map<string, CreatedResource>();
    const scope = createStackScope(stack, { ...environment, exports, outputs: deployment.outputs }, created);
    const resources = stack.template.Resources ?? {};
    for (const logicalId of creationOrder(stack.name, resources)) {
      const resource = resources[logicalId]!;
      if (resource.Condition !== undefined && !scope.condition(resource.Condition)) continue;
      const declared = declare(stack, logicalId, resource, scope, assembly);
      const result = await create(declared, providers.get(resource.Type), onCreated);
      created.set(logicalId, result);
      deployment.resources.push(record(declared, result));
    }
    deployment.outputs[stack.name] = collectOutputs(stack, scope, exports);
  }
  return deployment;
}

function refuseUnknownTypes(assembly: Assembly, providers: ReadonlyMap<string, ResourceProvider>): void {
  const unknown = assembly.stacks.flatMap(({ name, template }) =>
    Object.entries(template.Resources ?? {})
      .filter(([, { Type }]) => !providers.has(Type) && !typesWithoutRuntimeBehaviour.has(Type))
      .map(([logicalId, { Type }]) => `${Type} ("${logicalId}" in stack ${name})`),
  );
  if (unknown.length > 0)
    throw new ConfigurationError(`The local runtime does not know these resource types: ${unknown.join(', ')}.`);
}

function declare(
  stack: AssemblyStack,
  logicalId: string,
  resource: TemplateResource,
  scope: ResolveScope,
  assembly: Assembly,
): DeclaredResource {
  const properties = resolveValue(resource.Properties ?? {}, scope) as Record<string, any>;
  const metadata: Record<string, any> = { 'aws:cdk:path': stack.constructPaths.get(logicalId), ...resource.Metadata };
  // CDK writes the asset's path only on request, and relative; its object key is always there.
  delete metadata['aws:asset:path'];
  for (const [property, value] of Object.entries(properties)) {
    const path = assembly.assetPath(value?.S3Key);
    if (path === undefined) continue;
    metadata['aws:asset:path'] = path;
    metadata['aws:asset:property'] = property;
  }
  return {
    logicalId,
    stackName: stack.name,
    type: resource.Type,
    properties,
    metadata,
    defaultName: defaultName(stack.name, logicalId),
  };
}

/** Like CloudFormation's generated names, but the same at every start, so that kept data is found again. At most 63 characters. */
export function defaultName(stackName: string, logicalId: string): string {
  const hash = createHash('sha256').update(`${stackName}/${logicalId}`).digest('hex').slice(0, 8);
  return `${`${stackName}-${logicalId}`.slice(0, 54)}-${hash}`;
}

async function create(
  declared: DeclaredResource,
  provider: ResourceProvider | undefined,
  onCreated: (resource: DeclaredResource, created: CreatedResource) => void,
): Promise<CreatedResource> {
  if (!provider) return { ref: declared.defaultName, attributes: { Arn: declared.defaultName } };
  try {
    const created = await provider(declared);
    onCreated(declared, created);
    return created;
  } catch (cause) {
    if (cause instanceof ConfigurationError && cause.message.includes(declared.logicalId)) throw cause;
    const { type, logicalId, stackName } = declared;
    throw new ConfigurationError(`${type} "${logicalId}" in stack ${stackName}: ${(cause as Error).message}`, {
      cause,
    });
  }
}

function record(declared: DeclaredResource, created: CreatedResource): DeployedResource {
  return {
    stackName: declared.stackName,
    logicalId: declared.logicalId,
    type: declared.type,
    physicalId: created.ref,
    attributes: created.attributes ?? {},
    constructPath: declared.metadata['aws:cdk:path'],
  };
}

function collectOutputs(
  stack: AssemblyStack,
  scope: ResolveScope,
  exports: Map<string, unknown>,
): Record<string, unknown> {
  const outputs: Record<string, unknown> = {};
  for (const [name, { Value, Condition, Export }] of Object.entries(stack.template.Outputs ?? {})) {
    if (Condition !== undefined && !scope.condition(Condition)) continue;
    outputs[name] = resolveValue(Value, scope);
    if (Export) exports.set(String(resolveValue(Export.Name, scope)), outputs[name]);
  }
  return outputs;
}
