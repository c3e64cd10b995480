/**
 * IAM on one machine grants nothing and refuses nothing; it keeps what the template declares, so that
 * references to roles and policies resolve and the declared rights can be looked at.
 */
import type { AwsService, DeclaredResource, ResourceProvider, RuntimeContext } from '../../runtime/types.ts';

export interface IamService extends AwsService {
  /** Every declared role and policy, as in the template. */
  declared(): DeclaredResource[];
}

export function createIamService({ accountId }: RuntimeContext): IamService {
  const declared: DeclaredResource[] = [];
  const keep =
    (describe: (name: string) => ReturnType<ResourceProvider>): ResourceProvider =>
    (resource) => {
      declared.push(resource);
      const { properties, defaultName } = resource;
      return describe(
        properties['RoleName'] ?? properties['ManagedPolicyName'] ?? properties['PolicyName'] ?? defaultName,
      );
    };
  return {
    signingName: 'iam',
    resources: {
      'AWS::IAM::Role': keep((name) => ({
        ref: name,
        attributes: { Arn: `arn:aws:iam::${accountId}:role/${name}`, RoleId: `AROA${name.toUpperCase()}` },
      })),
      'AWS::IAM::Policy': keep((name) => ({ ref: name, attributes: { Id: name } })),
      'AWS::IAM::ManagedPolicy': keep((name) => {
        const arn = `arn:aws:iam::${accountId}:policy/${name}`;
        return { ref: arn, attributes: { PolicyArn: arn } };
      }),
    },
    declared: () => declared,
  };
}
