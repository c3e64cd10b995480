/** Writes the cloud assembly of one stage. `npx cdk` and the local runtime both get theirs from here, so they cannot differ. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import type { DomainManifest } from '../layers/kernel/domain/manifest.ts';
import type { StageConfig } from './config/stage-config.ts';
import { stageConfig } from './config/stages.ts';
import { checkWithNag } from './constructs/nag.ts';
import { domains } from './domains.ts';
import { createProduct } from './product.ts';

export interface SynthesizeOptions {
  /** Name of a stage, or a configuration of one. */
  stage: string | StageConfig;
  /** Folder of the assembly. @default the one that the CDK command line asks for, or `cdk.out` */
  outdir?: string;
  /** @default every domain of the product */
  manifests?: readonly DomainManifest[];
  /** @default `dist/functions` */
  functionsDir?: string;
  /** Whether CDK checks templates against CloudFormation's schemas, which takes seconds. @default true, except for `local` */
  checkTemplates?: boolean;
}

/** Nothing of AWS's statistics and no tree for a visualizer: both would only make synthesis slower. */
export const quietApp = { analyticsReporting: false, treeMetadata: false } as const;

const root = join(import.meta.dirname, '..');

/** Feature flags decide what templates look like, so they come from one file whoever asks. */
const featureFlags = (): Record<string, unknown> =>
  (JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')) as { context: Record<string, unknown> }).context;

/** @throws Error when manifests do not fit together, a bundle is missing, or a check finds something nobody accepted */
export function synthesize(options: SynthesizeOptions): CloudAssembly {
  const stage = typeof options.stage === 'string' ? stageConfig(options.stage) : options.stage;
  const isLocal = stage.name === 'local';
  const app = new App({
    ...(options.outdir === undefined ? {} : { outdir: options.outdir }),
    ...quietApp,
    // A start has no seconds to spare, and the same constructs are checked for every other stage.
    builtinCloudFormationValidation: options.checkTemplates ?? !isLocal,
    context: {
      ...featureFlags(),
      // One machine has no limit on the resources of a stack.
      ...(isLocal ? { '@aws-cdk/core:stackResourceLimit': 0 } : {}),
    },
  });
  return synthesizeApp(app, { ...options, stage });
}

/** The same in an app that exists: that of the CDK command line. */
export function synthesizeApp(
  app: App,
  options: Omit<SynthesizeOptions, 'outdir' | 'stage'> & { stage: StageConfig },
): CloudAssembly {
  if (options.stage.name !== 'local') checkWithNag(app);
  createProduct(app, {
    stage: options.stage,
    manifests: options.manifests ?? domains,
    functionsDir: options.functionsDir ?? join(root, 'dist/functions'),
  });
  return app.synth();
}
