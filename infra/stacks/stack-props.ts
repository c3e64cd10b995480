/** What all stacks have in common: where they go, what they are called, and the tags on everything in them. */
import type { StackProps } from 'aws-cdk-lib';
import type { StageConfig } from '../config/stage-config.ts';
import { stackName } from '../naming.ts';

export function stackProps(stage: StageConfig, part: string, holds: string): StackProps {
  return {
    stackName: stackName(stage, part),
    description: `Mizan ${stage.name}: ${holds}`,
    // Without both the stack goes wherever the credentials point, and synthesis looks nothing up.
    ...(stage.account && stage.region ? { env: { account: stage.account, region: stage.region } } : {}),
    terminationProtection: stage.deletionProtection,
    tags: { 'mizan:stage': stage.name },
  };
}
