/** The CloudFormation resources of AWS IoT that mean something on one machine. */
import {
  ConfigurationError,
  type DeclaredResource,
  type ResourceProvider,
  type RuntimeContext,
} from '../../runtime/types.ts';
import type { ActionTools } from './actions/action.ts';
import { createAction } from './actions/index.ts';
import type { DeviceGate } from './device-gate.ts';
import { compilePolicies } from './policy.ts';
import type { RulesEngine } from './rules-engine.ts';
import { compileStatement, type RuleStatement } from './sql/rule-statement.ts';

export interface IotParts {
  ctx: RuntimeContext;
  gate: DeviceGate;
  engine: RulesEngine;
  tools: ActionTools;
}

export function iotResources(parts: IotParts): Record<string, ResourceProvider> {
  const arn = (kind: string, name: string): string =>
    `arn:aws:iot:${parts.ctx.region}:${parts.ctx.accountId}:${kind}/${name}`;
  const named =
    (kind: string, property: string): ResourceProvider =>
    ({ properties, defaultName }) => {
      const name = String(properties[property] ?? defaultName);
      return { ref: name, attributes: { Arn: arn(kind, name), Id: name } };
    };
  return {
    'AWS::IoT::TopicRule': (resource) => {
      const name = declareRule(resource, parts);
      return { ref: name, attributes: { Arn: arn('rule', name) } };
    },
    'AWS::IoT::Authorizer': (resource) => {
      const name = String(resource.properties['AuthorizerName'] ?? resource.defaultName);
      declareAuthorizer(resource, name, arn('authorizer', name), parts.gate);
      return { ref: name, attributes: { Arn: arn('authorizer', name) } };
    },
    'AWS::IoT::DomainConfiguration': (resource) => {
      const { DomainConfigurationName: name = resource.defaultName, AuthorizerConfig } = resource.properties;
      const authorizer = AuthorizerConfig?.DefaultAuthorizerName as string | undefined;
      if (authorizer !== undefined) parts.gate.useByDefault(authorizer);
      return { ref: name, attributes: { Arn: arn('domainconfiguration', name) } };
    },
    // Policies belong to certificates, which local devices do not have; their text is still checked.
    'AWS::IoT::Policy': (resource) => {
      compilePolicies([resource.properties['PolicyDocument']], {});
      return named('policy', 'PolicyName')(resource);
    },
    'AWS::IoT::Thing': named('thing', 'ThingName'),
    'AWS::IoT::ThingType': named('thingtype', 'ThingTypeName'),
    'AWS::IoT::ThingGroup': named('thinggroup', 'ThingGroupName'),
  };
}

function declareRule({ properties, defaultName }: DeclaredResource, { engine, tools }: IotParts): string {
  const name = String(properties['RuleName'] ?? defaultName.replace(/[^A-Za-z0-9_]/g, '_'));
  if (!/^[A-Za-z0-9_]{1,128}$/.test(name))
    throw new ConfigurationError(`The IoT rule name "${name}" must be 1 to 128 letters, digits and underscores.`);
  const payload = properties['TopicRulePayload'] as Record<string, any>;
  // AWS takes the version of 2015 when none is given, and its semantics differ.
  if (payload['AwsIotSqlVersion'] !== '2016-03-23')
    throw new ConfigurationError(
      `IoT rule "${name}" must set AwsIotSqlVersion to 2016-03-23, the version played locally.`,
    );
  const declared = (payload['Actions'] ?? []) as Record<string, any>[];
  engine.add({
    name,
    enabled: String(payload['RuleDisabled'] ?? false) !== 'true',
    statement: compileSql(name, String(payload['Sql'])),
    actions: declared.map((action) => createAction(action, name, tools)),
    errorAction: payload['ErrorAction'] && createAction(payload['ErrorAction'], name, tools),
  });
  return name;
}

function compileSql(ruleName: string, sql: string): RuleStatement {
  try {
    return compileStatement(sql);
  } catch (error) {
    throw new ConfigurationError(
      `The SQL of IoT rule "${ruleName}" cannot be used: ${(error as Error).message}: ${sql}`,
    );
  }
}

function declareAuthorizer({ properties }: DeclaredResource, name: string, arn: string, gate: DeviceGate): void {
  const signingDisabled = String(properties['SigningDisabled'] ?? false) === 'true';
  const tokenSigningPublicKeys = (properties['TokenSigningPublicKeys'] ?? {}) as Record<string, string>;
  if (
    !signingDisabled &&
    (properties['TokenKeyName'] === undefined || Object.keys(tokenSigningPublicKeys).length === 0)
  )
    throw new ConfigurationError(
      `IoT authorizer "${name}" has signing enabled, so it needs TokenKeyName and TokenSigningPublicKeys (or SigningDisabled).`,
    );
  gate.declare({
    name,
    arn,
    functionArn: String(properties['AuthorizerFunctionArn']),
    active: properties['Status'] !== 'INACTIVE',
    signingDisabled,
    tokenKeyName: properties['TokenKeyName'],
    tokenSigningPublicKeys,
  });
}
