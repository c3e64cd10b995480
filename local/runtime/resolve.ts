/**
 * Evaluates CloudFormation's intrinsic functions against what already exists, so that a resource
 * provider sees plain values only.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 */
import { ConfigurationError } from './types.ts';

/** What the intrinsics of one stack can refer to. */
export interface ResolveScope {
  stackName: string;
  /** A parameter, pseudo parameter or created resource; throws ConfigurationError for a name that is none. */
  ref(name: string): unknown;
  attribute(logicalId: string, attribute: string): unknown;
  condition(name: string): boolean;
  mapping(map: string, first: string, second: string): unknown;
  importValue(exportName: string): unknown;
  stackOutput(stackName: string, outputName: string, region: string | undefined): unknown;
  availabilityZones(region: string): string[];
}

/** Stands for `AWS::NoValue`: the property or list element is left out. */
const noValue = Symbol('AWS::NoValue');

export function resolveValue(value: unknown, scope: ResolveScope): unknown {
  if (typeof value === 'string') return refuseDynamicReference(value, scope);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item) => resolveValue(item, scope)).filter((item) => item !== noValue);
  const keys = Object.keys(value);
  const argument = Object.values(value)[0];
  if (keys.length === 1 && isIntrinsic(keys[0]!, argument)) return callIntrinsic(keys[0]!, argument, scope);
  const resolved: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    const result = resolveValue(item, scope);
    if (result !== noValue) resolved[key] = result;
  }
  return resolved;
}

/** Evaluates an entry of the `Conditions` section or the condition functions inside it. */
export function resolveCondition(expression: unknown, scope: ResolveScope): boolean {
  const result = resolveValue(expression, scope);
  if (result === true || result === 'true') return true;
  if (result === false || result === 'false') return false;
  throw new ConfigurationError(`Stack ${scope.stackName}: ${JSON.stringify(expression)} is not a condition.`);
}

/** A policy statement may well have a lone `Condition` of its own, so the names alone do not decide. */
export function isIntrinsic(key: string, argument: unknown): boolean {
  return key.startsWith('Fn::') || ((key === 'Ref' || key === 'Condition') && typeof argument === 'string');
}

/** The parts of a `Fn::Sub` text: `${Name}` or `${Name.Attribute}`; `${!Literal}` stays text. */
export const subPlaceholder = /\$\{(!?)([^}]+)\}/g;

type Intrinsic = (argument: any, scope: ResolveScope) => unknown;

const intrinsics: Record<string, Intrinsic> = {
  Ref: (name, scope) => (name === 'AWS::NoValue' ? noValue : scope.ref(name)),
  Condition: (name, scope) => scope.condition(name),
  'Fn::GetAtt': (argument, scope) => {
    const [logicalId, attribute] = splitAttribute(argument);
    return scope.attribute(logicalId, String(resolveValue(attribute, scope)));
  },
  'Fn::Sub': (argument, scope) => {
    const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
    return text.replace(subPlaceholder, (_match: string, literal: string, name: string) => {
      if (literal) return `\${${name}}`;
      if (Object.hasOwn(variables, name)) return asText(resolveValue(variables[name], scope), scope);
      if (!name.includes('.')) return asText(scope.ref(name), scope);
      return asText(scope.attribute(...splitAttribute(name)), scope);
    });
  },
  'Fn::Join': ([separator, items], scope) =>
    asList(items, scope)
      .map((item) => asText(item, scope))
      .join(separator),
  'Fn::Select': ([index, items], scope) => {
    const list = asList(items, scope);
    const position = Number(resolveValue(index, scope));
    if (list[position] === undefined)
      throw new ConfigurationError(`Stack ${scope.stackName}: Fn::Select of ${position} from ${list.length} values.`);
    return list[position];
  },
  'Fn::Split': ([separator, text], scope) => asText(resolveValue(text, scope), scope).split(separator),
  'Fn::FindInMap': (argument, scope) => {
    const [map, first, second] = argument.map((part: unknown) => String(resolveValue(part, scope)));
    return scope.mapping(map, first, second);
  },
  'Fn::If': ([name, then, otherwise], scope) => resolveValue(scope.condition(name) ? then : otherwise, scope),
  'Fn::Equals': ([left, right], scope) => {
    const [a, b] = [resolveValue(left, scope), resolveValue(right, scope)];
    return typeof a === 'object' ? JSON.stringify(a) === JSON.stringify(b) : String(a) === String(b);
  },
  'Fn::And': (conditions, scope) => conditions.every((condition: unknown) => resolveCondition(condition, scope)),
  'Fn::Or': (conditions, scope) => conditions.some((condition: unknown) => resolveCondition(condition, scope)),
  'Fn::Not': ([condition], scope) => !resolveCondition(condition, scope),
  'Fn::ImportValue': (name, scope) => scope.importValue(asText(resolveValue(name, scope), scope)),
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getstackoutput.html
  'Fn::GetStackOutput': (argument, scope) => {
    const { StackName, OutputName, Region } = resolveValue(argument, scope) as Record<string, string>;
    return scope.stackOutput(StackName!, OutputName!, Region);
  },
  'Fn::Base64': (text, scope) => Buffer.from(asText(resolveValue(text, scope), scope)).toString('base64'),
  'Fn::GetAZs': (region, scope) => scope.availabilityZones(String(resolveValue(region, scope))),
};

function callIntrinsic(name: string, argument: unknown, scope: ResolveScope): unknown {
  const intrinsic = intrinsics[name];
  if (!intrinsic)
    throw new ConfigurationError(`Stack ${scope.stackName}: the local runtime does not know the function ${name}.`);
  return intrinsic(argument, scope);
}

/** `["Id", "Attr.Sub"]` or `"Id.Attr.Sub"`: only the first dot parts id and attribute. */
function splitAttribute(argument: string | [string, string]): [string, string] {
  if (Array.isArray(argument)) return argument;
  const dot = argument.indexOf('.');
  return [argument.slice(0, dot), argument.slice(dot + 1)];
}

function asList(value: unknown, scope: ResolveScope): unknown[] {
  const list = resolveValue(value, scope);
  if (Array.isArray(list)) return list;
  throw new ConfigurationError(`Stack ${scope.stackName}: ${JSON.stringify(value)} is not a list.`);
}

function asText(value: unknown, scope: ResolveScope): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new ConfigurationError(`Stack ${scope.stackName}: ${JSON.stringify(value)} cannot become part of a text.`);
}

/** Secrets and parameters resolved at deployment would freeze a value that the functions must read at run time. */
function refuseDynamicReference(text: string, scope: ResolveScope): string {
  if (text.includes('{{resolve:'))
    throw new ConfigurationError(
      `Stack ${scope.stackName}: the dynamic reference ${text} is not supported locally; let the function read it at run time.`,
    );
  return text;
}
