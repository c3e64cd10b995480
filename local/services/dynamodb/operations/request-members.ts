/** Reads members of a request and refuses what AWS would refuse before it looks at any table. */
import { serializationError, validationError } from '../errors.ts';

export type ApiRequest = Record<string, unknown>;

/** Parameters of the API before expressions, which new code does not use. */
const legacyParameters = [
  'Expected',
  'ConditionalOperator',
  'AttributeUpdates',
  'AttributesToGet',
  'KeyConditions',
  'QueryFilter',
  'ScanFilter',
];

export function refuseLegacyParameters(request: ApiRequest): void {
  const used = legacyParameters.filter((name) => isGiven(request[name]));
  if (used.length > 0)
    throw validationError(
      `The legacy parameter ${used[0]} is not supported by the local DynamoDB: use an expression instead`,
    );
}

export function isGiven(member: unknown): boolean {
  return member !== undefined && member !== null;
}

export function tableNameOf(request: ApiRequest): string {
  const name = optionalString(request, 'TableName');
  if (name === undefined) throw constraint(null, 'tableName', 'Member must not be null');
  if (!/^[a-zA-Z0-9_.:/-]+$/.test(name))
    throw constraint(name, 'tableName', 'Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+');
  return name;
}

export function optionalString(request: ApiRequest, member: string): string | undefined {
  const value = request[member];
  if (!isGiven(value)) return undefined;
  if (typeof value !== 'string') throw serializationError(`${member} must be a String`);
  return value;
}

export function optionalBoolean(request: ApiRequest, member: string): boolean | undefined {
  const value = request[member];
  if (!isGiven(value)) return undefined;
  if (typeof value !== 'boolean') throw serializationError(`${member} must be a Boolean`);
  return value;
}

export function optionalInteger(
  request: ApiRequest,
  member: string,
  minimum: number,
  maximum: number,
): number | undefined {
  const value = request[member];
  if (!isGiven(value)) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value)) throw serializationError(`${member} must be an Integer`);
  const name = lowerFirst(member);
  if (value < minimum) throw constraint(value, name, `Member must have value greater than or equal to ${minimum}`);
  if (value > maximum) throw constraint(value, name, `Member must have value less than or equal to ${maximum}`);
  return value;
}

export function optionalEnum<T extends string>(
  request: ApiRequest,
  member: string,
  values: readonly T[],
): T | undefined {
  const value = optionalString(request, member);
  if (value === undefined) return undefined;
  if (!(values as readonly string[]).includes(value))
    throw constraint(value, lowerFirst(member), `Member must satisfy enum value set: [${values.join(', ')}]`);
  return value as T;
}

/** An item, key or other map that must be there. */
export function requiredMap(request: ApiRequest, member: string): Record<string, unknown> {
  const value = request[member];
  if (!isGiven(value)) throw constraint(null, lowerFirst(member), 'Member must not be null');
  if (typeof value !== 'object' || Array.isArray(value))
    throw serializationError(`Unrecognized collection type for ${member}`);
  return value as Record<string, unknown>;
}

/** A list of structures with a bounded length. */
export function requiredList(request: ApiRequest, member: string, maximum: number): ApiRequest[] {
  const value = request[member];
  const name = lowerFirst(member);
  if (!isGiven(value)) throw constraint(null, name, 'Member must not be null');
  if (!Array.isArray(value)) throw serializationError(`Start of list expected for ${member}`);
  if (value.length < 1) throw constraint('[]', name, 'Member must have length greater than or equal to 1');
  if (value.length > maximum)
    throw constraint(`[${value.length} elements]`, name, `Member must have length less than or equal to ${maximum}`);
  if (value.some((element) => typeof element !== 'object' || element === null))
    throw serializationError(`Unexpected element in ${member}`);
  return value as ApiRequest[];
}

/** A broken constraint in the words of the service framework. */
export function constraint(value: unknown, path: string, rule: string): Error {
  const shown = value === null ? 'null' : `'${String(value)}'`;
  return validationError(
    `1 validation error detected: Value ${shown} at '${path}' failed to satisfy constraint: ${rule}`,
  );
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
