/**
 * Reads what `cdk synth` wrote: the stacks in the order CDK would deploy them, their templates, and
 * where each asset of the asset manifests lies on this disk.
 * @see https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/cloud-assembly-schema/README.md
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ConfigurationError } from './types.ts';

export interface Template {
  Parameters?: Record<string, { Type: string; Default?: unknown }>;
  Mappings?: Record<string, Record<string, Record<string, unknown>>>;
  Conditions?: Record<string, unknown>;
  Resources?: Record<string, TemplateResource>;
  Outputs?: Record<string, { Value: unknown; Condition?: string; Export?: { Name: unknown } }>;
}

export interface TemplateResource {
  Type: string;
  Properties?: Record<string, unknown>;
  Metadata?: Record<string, unknown>;
  DependsOn?: string | string[];
  Condition?: string;
}

export interface AssemblyStack {
  name: string;
  template: Template;
  /** Path of each resource's construct in the CDK tree, by logical id. */
  constructPaths: ReadonlyMap<string, string>;
  /** Account and region the stack is bound to, when it is bound. */
  account: string | undefined;
  region: string | undefined;
}

export interface Assembly {
  stacks: AssemblyStack[];
  /** The directory or file of an asset by its S3 object key, as templates name it. */
  assetPath(objectKey: string): string | undefined;
}

interface Artifact {
  type: string;
  environment?: string;
  dependencies?: string[];
  metadata?: ConstructMetadata;
  /** Holds what older versions of the CDK wrote into `metadata`. */
  additionalMetadataFile?: string;
  properties?: { templateFile?: string; stackName?: string; file?: string; directoryName?: string };
}

/** What the CDK notes about each construct, by its path with a leading slash. */
type ConstructMetadata = Record<string, { type: string; data?: unknown }[]>;

interface AssetManifest {
  files?: Record<string, { source: { path?: string }; destinations: Record<string, { objectKey: string }> }>;
}

/** @throws ConfigurationError when there is no readable assembly in the directory */
export function readAssembly(directory: string): Assembly {
  const assets = new Map<string, string>();
  const stacks = readDirectory(resolve(directory), assets);
  if (stacks.length === 0) throw new ConfigurationError(`The assembly in ${directory} holds no stack.`);
  return { stacks, assetPath: (objectKey) => assets.get(objectKey) };
}

function readDirectory(directory: string, assets: Map<string, string>): AssemblyStack[] {
  const manifestFile = join(directory, 'manifest.json');
  if (!existsSync(manifestFile))
    throw new ConfigurationError(`There is no assembly in ${directory}: write it with "npx cdk synth" first.`);
  const artifacts: Record<string, Artifact> =
    readJson<{ artifacts?: Record<string, Artifact> }>(manifestFile).artifacts ?? {};
  const stacks: AssemblyStack[] = [];
  for (const id of inDependencyOrder(artifacts)) {
    const artifact = artifacts[id]!;
    const { type, properties = {}, environment = '' } = artifact;
    if (type === 'cdk:cloud-assembly')
      stacks.push(...readDirectory(join(directory, properties.directoryName!), assets));
    if (type === 'cdk:asset-manifest') readAssets(directory, properties.file!, assets);
    if (type === 'aws:cloudformation:stack')
      stacks.push({
        name: properties.stackName ?? id,
        template: readJson<Template>(join(directory, properties.templateFile!)),
        constructPaths: readConstructPaths(directory, artifact),
        ...boundEnvironment(environment),
      });
  }
  return stacks;
}

function readAssets(directory: string, file: string, assets: Map<string, string>): void {
  const manifest = readJson<AssetManifest>(join(directory, file));
  for (const { source, destinations } of Object.values(manifest.files ?? {}))
    for (const { objectKey } of Object.values(destinations))
      if (source.path !== undefined) assets.set(objectKey, resolve(directory, source.path));
}

function readConstructPaths(directory: string, { metadata, additionalMetadataFile }: Artifact): Map<string, string> {
  const constructs = additionalMetadataFile
    ? readJson<ConstructMetadata>(join(directory, additionalMetadataFile))
    : (metadata ?? {});
  const paths = new Map<string, string>();
  for (const [path, entries] of Object.entries(constructs))
    for (const { type, data } of entries) if (type === 'aws:cdk:logicalId') paths.set(String(data), path.slice(1));
  return paths;
}

/** `aws://123456789012/eu-west-1`, or `aws://unknown-account/unknown-region` for stacks bound to none. */
function boundEnvironment(environment: string): { account: string | undefined; region: string | undefined } {
  const [, account, region] = /^aws:\/\/([^/]+)\/([^/]+)$/.exec(environment) ?? [];
  return {
    account: account === 'unknown-account' ? undefined : account,
    region: region === 'unknown-region' ? undefined : region,
  };
}

function inDependencyOrder(artifacts: Record<string, Artifact>): string[] {
  const ordered = new Set<string>();
  const visit = (id: string) => {
    if (ordered.has(id) || !artifacts[id]) return;
    for (const dependency of artifacts[id].dependencies ?? []) visit(dependency);
    ordered.add(id);
  };
  for (const id of Object.keys(artifacts)) visit(id);
  return [...ordered];
}

function readJson<T>(file: string): T {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch (cause) {
    throw new ConfigurationError(`${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
}
