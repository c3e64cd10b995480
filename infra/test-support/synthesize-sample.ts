/** Synthesizes domains in memory with empty bundles and hands out templates the way tests ask about them. */
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import type { DomainManifest } from '../../layers/kernel/domain/manifest.ts';
import { parseStageConfig, type StageConfig } from '../config/stage-config.ts';
import { bundleName, functionsOf } from '../manifest/functions-of.ts';
import { synthesize } from '../synthesize.ts';
import { access, gauging } from './sample-domains.ts';

export interface SampleResource {
  stack: string;
  logicalId: string;
  Type: string;
  Properties: any;
  DeletionPolicy?: string;
  DependsOn?: string[];
}

export class Sample {
  readonly resources: SampleResource[];
  readonly outputs: Record<string, Record<string, { Value: unknown; Export?: unknown }>>;
  readonly stackNames: string[];
  /** Names of the stacks each stack waits for. */
  readonly dependencies: ReadonlyMap<string, string[]>;
  /** Size of each stack's template as it is uploaded. */
  readonly templateBytes: ReadonlyMap<string, number>;

  constructor({ stacks }: CloudAssembly) {
    this.resources = stacks.flatMap(({ stackName, template }) =>
      Object.entries<any>(template.Resources).map(([logicalId, resource]) => ({
        stack: stackName,
        logicalId,
        ...resource,
      })),
    );
    this.outputs = Object.fromEntries(stacks.map(({ stackName, template }) => [stackName, template.Outputs ?? {}]));
    this.stackNames = stacks.map(({ stackName }) => stackName);
    this.dependencies = new Map(
      stacks.map(({ stackName, dependencies }) => [
        stackName,
        dependencies.flatMap((artifact) => ('stackName' in artifact ? [String(artifact.stackName)] : [])),
      ]),
    );
    this.templateBytes = new Map(
      stacks.map(({ stackName, templateFullPath }) => [stackName, statSync(templateFullPath).size]),
    );
  }

  ofType(type: string, stack?: string): SampleResource[] {
    return this.resources.filter((resource) => resource.Type === type && (!stack || resource.stack.endsWith(stack)));
  }

  /** The one resource of a type that a predicate fits. */
  find(type: string, fits: (properties: any) => boolean): SampleResource {
    const found = this.ofType(type).filter(({ Properties }) => fits(Properties));
    if (found.length !== 1) throw new Error(`${found.length} resources of type ${type} fit, not one.`);
    return found[0]!;
  }

  lambda(name: string): SampleResource {
    return this.find('AWS::Lambda::Function', ({ FunctionName }) => FunctionName === name);
  }

  /** The statements of the role of a function. */
  statementsOf(functionName: string): any[] {
    const { stack, Properties } = this.lambda(functionName);
    const roleId: string = Properties.Role['Fn::GetAtt'][0];
    const role = this.resources.find((resource) => resource.stack === stack && resource.logicalId === roleId)!;
    return role.Properties.Policies.flatMap((policy: any) => policy.PolicyDocument.Statement);
  }
}

export const sampleStage = (changes: Partial<StageConfig> = {}): StageConfig =>
  parseStageConfig({
    name: 'dev',
    deletionProtection: false,
    removalPolicy: 'destroy',
    logRetentionDays: 7,
    logLevel: 'INFO',
    webhooksMayReachLoopback: false,
    corsOrigins: ['https://console.example.com'],
    throttling: { ratePerSecond: 100, burst: 200 },
    ...changes,
  });

/** @throws whatever synthesis throws, findings of cdk-nag among it */
export function synthesizeSample(
  stage: StageConfig = sampleStage(),
  manifests: readonly DomainManifest[] = [access, gauging],
  checkTemplates = false,
): Sample {
  const folder = mkdtempSync(join(tmpdir(), 'mizan-infra-'));
  try {
    const functionsDir = join(folder, 'functions');
    for (const spec of manifests.flatMap(functionsOf)) {
      mkdirSync(join(functionsDir, bundleName(spec)), { recursive: true });
      writeFileSync(join(functionsDir, bundleName(spec), 'index.mjs'), `export const handler = '${spec.name}';`);
    }
    return new Sample(synthesize({ stage, manifests, functionsDir, outdir: join(folder, 'out'), checkTemplates }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
