/** A role with exactly the given statements, for one service and from this account only. */
import { Aws } from 'aws-cdk-lib';
import { PolicyDocument, type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/**
 * @param service e.g. `pipes.amazonaws.com`; it may assume the role only on behalf of this account
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
 */
export function serviceRole(
  scope: Construct,
  id: string,
  service: string,
  statements: PolicyStatement[],
  description: string,
): Role {
  return new Role(scope, id, {
    description,
    assumedBy: new ServicePrincipal(service, {
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }),
    inlinePolicies: { access: new PolicyDocument({ statements }) },
  });
}
