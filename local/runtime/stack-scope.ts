/** The names one stack's intrinsics can see: parameters, pseudo parameters, conditions, mappings and what was created so far. */
import type { AssemblyStack } from './assembly.ts';
import { type ResolveScope, resolveCondition } from './resolve.ts';
import { ConfigurationError, type CreatedResource } from './types.ts';

export interface StackEnvironment {
  region: string;
  accountId: string;
  /** Values for template parameters, by name. */
  parameters: Record<string, string>;
  /** The value of a parameter in Parameter Store, as far as earlier stacks created it. */
  ssmParameter(name: string): string | undefined;
  /** Exports of the stacks before this one. */
  exports: ReadonlyMap<string, unknown>;
  /** Outputs of the stacks before this one, by stack name, then by output name. */
  outputs: Readonly<Record<string, Record<string, unknown>>>;
}

/** Newer than any version a template asks for: the assembly is never uploaded, so no bootstrap stack is needed. */
const bootstrapVersion = '999';

export function createStackScope(
  stack: AssemblyStack,
  environment: StackEnvironment,
  created: ReadonlyMap<string, CreatedResource>,
): ResolveScope {
  const { template, name: stackName } = stack;
  const fail = (message: string): never => {
    throw new ConfigurationError(`Stack ${stackName}: ${message}`);
  };
  const pseudoParameters: Record<string, unknown> = {
    'AWS::Region': environment.region,
    'AWS::AccountId': environment.accountId,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': stackName,
    'AWS::StackId': `arn:aws:cloudformation:${environment.region}:${environment.accountId}:stack/${stackName}/local`,
    'AWS::NotificationARNs': [],
  };
  const conditions = new Map<string, boolean>();

  const parameter = (name: string, { Type, Default }: { Type: string; Default?: unknown }): unknown => {
    const given = environment.parameters[name];
    const isStored = given === undefined && Type.startsWith('AWS::SSM::Parameter::Value<');
    const value = isStored ? storedParameter(name, String(Default)) : (given ?? Default);
    if (value === undefined) return fail(`the parameter ${name} has no default and no value was given.`);
    const isList = Type === 'CommaDelimitedList' || Type.includes('List<');
    return isList && typeof value === 'string' ? value.split(',').map((item) => item.trim()) : value;
  };

  const storedParameter = (name: string, path: string): unknown =>
    environment.ssmParameter(path) ??
    (path.startsWith('/cdk-bootstrap/')
      ? bootstrapVersion
      : fail(`the parameter ${name} reads ${path} of Parameter Store, which no earlier stack creates.`));

  const existing = (logicalId: string): CreatedResource =>
    created.get(logicalId) ??
    fail(
      template.Resources?.[logicalId]
        ? `"${logicalId}" is referred to, but its condition leaves it out.`
        : `"${logicalId}" is neither a parameter nor a resource.`,
    );

  const scope: ResolveScope = {
    stackName,
    ref(name) {
      if (Object.hasOwn(pseudoParameters, name)) return pseudoParameters[name];
      const declared = template.Parameters?.[name];
      return declared ? parameter(name, declared) : existing(name).ref;
    },
    attribute(logicalId, attribute) {
      const value = existing(logicalId).attributes?.[attribute];
      const type = template.Resources?.[logicalId]?.Type;
      return value ?? fail(`the local ${type} "${logicalId}" has no attribute ${attribute}.`);
    },
    condition(name) {
      const known = conditions.get(name);
      if (known !== undefined) return known;
      const expression = template.Conditions?.[name] ?? fail(`there is no condition ${name}.`);
      const result = resolveCondition(expression, scope);
      conditions.set(name, result);
      return result;
    },
    mapping(map, first, second) {
      const value = template.Mappings?.[map]?.[first]?.[second];
      return value ?? fail(`the mapping ${map} has no entry ${first}.${second}.`);
    },
    importValue(exportName) {
      return environment.exports.get(exportName) ?? fail(`no earlier stack exports "${exportName}".`);
    },
    stackOutput(name, outputName, region = environment.region) {
      if (region !== environment.region) return fail(`the output ${outputName} is of another region, ${region}.`);
      return environment.outputs[name]?.[outputName] ?? fail(`no earlier stack ${name} has an output ${outputName}.`);
    },
    availabilityZones(region) {
      return ['a', 'b', 'c'].map((zone) => `${region || environment.region}${zone}`);
    },
  };
  return scope;
}
