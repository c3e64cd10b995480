/** The declared roles with their policies, and the credentials that stand for their sessions. */
import { createHash } from 'node:crypto';
import { ConfigurationError, type DeclaredResource } from '../../runtime/types.ts';
import { compilePolicy, judge, listOf, type Statement } from './policy.ts';

export interface Role {
  name: string;
  arn: string;
  /** Of all its identity policies. */
  statements: Statement[];
  /** Who may assume it. */
  trust: Statement[];
}

/** A role in use: what a function's credentials stand for. */
export interface RoleSession {
  role: Role;
  /** `arn:aws:sts::{account}:assumed-role/{role}/{session}`, as refusals name it. */
  arn: string;
}

/** Policies of AWS's own that templates attach by name, as far as they concern anything here. */
const AWS_MANAGED: Readonly<Record<string, object>> = {
  'service-role/AWSLambdaBasicExecutionRole': {
    Statement: {
      Effect: 'Allow',
      Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: '*',
    },
  },
  AWSXRayDaemonWriteAccess: {
    Statement: { Effect: 'Allow', Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], Resource: '*' },
  },
};

export class Roles {
  readonly #accountId: string;
  readonly #roles = new Map<string, Role>();
  readonly #managed = new Map<string, Statement[]>();
  readonly #sessions = new Map<string, RoleSession>();

  constructor(accountId: string) {
    this.#accountId = accountId;
  }

  declareRole({ properties }: DeclaredResource, name: string): Role {
    if (properties['PermissionsBoundary'] !== undefined)
      throw new ConfigurationError('PermissionsBoundary is not played locally.');
    const inline = listOf<Record<string, any>>(properties['Policies'] ?? []);
    const role: Role = {
      name,
      arn: `arn:aws:iam::${this.#accountId}:role${pathOf(properties)}${name}`,
      trust: compilePolicy(properties['AssumeRolePolicyDocument'] ?? {}),
      statements: inline.flatMap(({ PolicyDocument }) => compilePolicy(PolicyDocument)),
    };
    for (const arn of properties['ManagedPolicyArns'] ?? []) role.statements.push(...this.#managedPolicy(arn));
    this.#roles.set(role.arn, role);
    return role;
  }

  /** An inline policy that is a resource of its own. */
  attachPolicy({ properties }: DeclaredResource): void {
    refuseOthers(properties);
    const statements = compilePolicy(properties['PolicyDocument']);
    for (const name of properties['Roles'] ?? []) this.#named(name).statements.push(...statements);
  }

  declareManagedPolicy({ properties }: DeclaredResource, arn: string): void {
    refuseOthers(properties);
    const statements = compilePolicy(properties['PolicyDocument']);
    this.#managed.set(arn, statements);
    for (const name of properties['Roles'] ?? []) this.#named(name).statements.push(...statements);
  }

  /** @throws ConfigurationError when no template declares it */
  get(arn: string): Role {
    const role = this.#roles.get(arn);
    if (role === undefined) throw new ConfigurationError(`the role ${arn} is not declared.`);
    return role;
  }

  /** The access key id of a session; the same at every start, so that what is signed with it stays usable. */
  openSession(roleArn: string, sessionName: string): string {
    const role = this.get(roleArn);
    const hash = createHash('sha256').update(`${roleArn}\0${sessionName}`).digest('hex').slice(0, 15).toUpperCase();
    const accessKeyId = `LOCAL${hash}`;
    const arn = `arn:aws:sts::${this.#accountId}:assumed-role/${role.name}/${sessionName}`;
    this.#sessions.set(accessKeyId, { role, arn });
    return accessKeyId;
  }

  session(accessKeyId: string): RoleSession | undefined {
    return this.#sessions.get(accessKeyId);
  }

  /** Whether the trust policy lets the service act in this role on behalf of a resource of this account. */
  isAssumableBy(role: Role, service: string, sourceArn: string): boolean {
    const open = role.trust.filter(({ principals }) => principals?.services.some((matches) => matches(service)));
    const keys: Record<string, string[]> = { 'aws:sourceaccount': [this.#accountId], 'aws:sourcearn': [sourceArn] };
    return judge(open, 'sts:AssumeRole', role.arn, (key) => keys[key]) === 'allow';
  }

  #named(name: string): Role {
    const role = [...this.#roles.values()].find((each) => each.name === name);
    if (role === undefined) throw new ConfigurationError(`the role ${name} is not declared.`);
    return role;
  }

  #managedPolicy(arn: string): Statement[] {
    const known = this.#managed.get(arn);
    if (known !== undefined) return known;
    const document = AWS_MANAGED[arn.replace(/^arn:aws:iam::aws:policy\//, '')];
    if (document === undefined)
      throw new ConfigurationError(`the managed policy ${arn} is neither declared nor known here; write it inline.`);
    return compilePolicy(document);
  }
}

function refuseOthers(properties: Record<string, any>): void {
  for (const kind of ['Users', 'Groups'])
    if (properties[kind]?.length > 0) throw new ConfigurationError(`${kind} are not played locally; only roles are.`);
}

const pathOf = (properties: Record<string, any>): string => properties['Path'] ?? '/';
