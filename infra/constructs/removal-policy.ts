/** What becomes of a resource with data when it leaves its stack. */
import { RemovalPolicy } from 'aws-cdk-lib';
import type { StageConfig } from '../config/stage-config.ts';

/**
 * Kept data is kept on update and delete, but not when its very creation is rolled back: a first deployment that failed
 * would otherwise leave empty resources whose names block the next try.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html
 */
export function removalPolicyOf(stage: StageConfig): RemovalPolicy {
  return stage.removalPolicy === 'retain' ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
}
