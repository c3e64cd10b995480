/**
 * IAM on one machine: roles with their policies, the credentials that stand for them, and the decision about every call
 * of a function and every act of an AWS service. A grant that is missing in the template so fails here as on AWS.
 * Calls with credentials of nobody here, such as those of tests and tools, are an administrator's.
 */
import {
  type AccessControl,
  AwsError,
  type AwsService,
  type Caller,
  ConfigurationError,
  type CreatedResource,
  type DeclaredResource,
  type RuntimeContext,
} from '../../runtime/types.ts';
import { requestReaders } from './actions/index.ts';
import type { RequestScope } from './actions/needed-permission.ts';
import { Authorization } from './authorization.ts';
import { refusal, refusalText } from './refusals.ts';
import { ResourcePolicies } from './resource-policies.ts';
import { Roles } from './roles.ts';
import { requiredRights } from './service-roles.ts';

export type Deployed = DeclaredResource & { created: CreatedResource };

export interface IamService extends AwsService, AccessControl {
  /** Hears of every resource as it is created, since policies and rights lie in resources of all services. */
  note(resource: DeclaredResource, created: CreatedResource): void;
  /** Once everything is created. @throws ConfigurationError naming every right that a service's role lacks */
  checkServiceRoles(): void;
}

export function createIamService(ctx: RuntimeContext): IamService {
  const { clock, region, accountId } = ctx;
  const roles = new Roles(accountId);
  const policies = new ResourcePolicies({ region, accountId });
  const authorization = new Authorization({ clock, region, accountId, policies });
  const deployed: Deployed[] = [];
  const partitionKeys = new Map<string, string>();
  const scope: RequestScope = { ctx, partitionKey: (arn) => partitionKeys.get(arn) };

  const checkRequest: AccessControl['checkRequest'] = (accessKeyId, signingName, request) => {
    const session = roles.session(accessKeyId);
    if (session === undefined) return;
    const read = requestReaders[signingName];
    if (read === undefined)
      throw new AwsError(
        'AccessDeniedException',
        `No role can call ${signingName} locally: its actions are not known.`,
      );
    for (const needed of read(request, scope) ?? []) {
      const reason = authorization.refuses(session, needed);
      if (reason === undefined) continue;
      // SQS alone names its actions in lower case.
      const action = signingName === 'sqs' ? needed.action.toLowerCase() : needed.action;
      const text = refusalText(session.arn, action, needed.resource, reason);
      ctx.log.error(`Access denied: ${text}`);
      throw refusal(signingName, text);
    }
  };

  const checkCaller = (caller: Caller, action: string, resource: string): void => {
    const isAllowed =
      'service' in caller
        ? authorization.allowsService(caller.service, caller.sourceArn, action, resource)
        : authorization.allowsRole(roles.get(caller.roleArn), action, resource);
    if (isAllowed) return;
    const text =
      'service' in caller
        ? `${refusalText(caller.service, action, resource, 'no resource-based policy allows')} for ${caller.sourceArn}`
        : refusalText(caller.roleArn, action, resource, 'no identity-based policy allows');
    ctx.log.error(`Access denied: ${text}`);
    throw new AwsError('AccessDeniedException', text, 403);
  };

  return {
    signingName: 'iam',
    resources: {
      'AWS::IAM::Role': (resource) => {
        const name = String(resource.properties['RoleName'] ?? resource.defaultName);
        const { arn } = roles.declareRole(resource, name);
        return { ref: name, attributes: { Arn: arn, RoleId: `AROA${name.toUpperCase()}` } };
      },
      'AWS::IAM::Policy': (resource) => {
        roles.attachPolicy(resource);
        const name = String(resource.properties['PolicyName'] ?? resource.defaultName);
        return { ref: name, attributes: { Id: name } };
      },
      'AWS::IAM::ManagedPolicy': (resource) => {
        const name = String(resource.properties['ManagedPolicyName'] ?? resource.defaultName);
        const arn = `arn:aws:iam::${accountId}:policy/${name}`;
        roles.declareManagedPolicy(resource, arn);
        return { ref: arn, attributes: { PolicyArn: arn } };
      },
    },
    note(resource, created) {
      policies.note(resource, created);
      if (resource.type === 'AWS::DynamoDB::Table') notePartitionKeys(partitionKeys, resource, created);
      deployed.push({ ...resource, created });
    },
    checkServiceRoles() {
      const missing = requiredRights(deployed, { region, accountId }).flatMap((right) => {
        const role = roles.get(right.roleArn);
        if (!roles.isAssumableBy(role, right.service, right.sourceArn))
          return [`${right.owner}: its role ${role.name} cannot be assumed by ${right.service}`];
        if (authorization.allowsRole(role, right.action, right.resource)) return [];
        return [`${right.owner}: its role ${role.name} does not allow ${right.action} on ${right.resource}`];
      });
      if (missing.length > 0) throw new ConfigurationError(`${[...new Set(missing)].join('.\n')}.`);
    },
    credentials: (roleArn, sessionName) => roles.openSession(roleArn, sessionName),
    checkRequest,
    checkCaller,
  };
}

/** Of the table and each of its indexes. */
function notePartitionKeys(
  known: Map<string, string>,
  { properties }: DeclaredResource,
  { attributes }: CreatedResource,
): void {
  const tableArn = String(attributes?.['Arn']);
  const hashKey = (schema: { AttributeName: string; KeyType: string }[]): string =>
    schema.find(({ KeyType }) => KeyType === 'HASH')!.AttributeName;
  known.set(tableArn, hashKey(properties['KeySchema']));
  for (const { IndexName, KeySchema } of [
    ...(properties['GlobalSecondaryIndexes'] ?? []),
    ...(properties['LocalSecondaryIndexes'] ?? []),
  ])
    known.set(`${tableArn}/index/${IndexName}`, hashKey(KeySchema));
}
