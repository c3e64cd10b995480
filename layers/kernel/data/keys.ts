/**
 * Keys of every table. A partition key cannot be built without a tenant, so no code path can read or write
 * across tenants by mistake. Parts are escaped: no value, whoever chose it, can imitate another key.
 */

/** A key is a list of parts; the first names the kind of row. */
export type KeyParts = readonly (string | number)[];

/** Data that belongs to no tenant, such as the owner of an API key prefix. Only identity and registries use it. */
export const globalScope = Symbol('global');
export type Scope = string | typeof globalScope;

const separator = '#';

const needsEscape = /[%#]/;

/** Keys are built for every row there is, and hardly any part needs escaping. */
function escapePart(part: string | number): string {
  const text = String(part);
  return needsEscape.test(text) ? text.replaceAll('%', '%25').replaceAll(separator, '%23') : text;
}

export function joinParts(parts: KeyParts): string {
  let text = '';
  for (let i = 0; i < parts.length; i++) text += i === 0 ? escapePart(parts[0]!) : separator + escapePart(parts[i]!);
  return text;
}

export function partitionKey(scope: Scope, parts: KeyParts): string {
  if (scope === globalScope) return `G${separator}${joinParts(parts)}`;
  if (scope === '') throw new Error('A partition key needs a tenant.');
  return `T${separator}${joinParts([scope])}${separator}${joinParts(parts)}`;
}

/** The beginning of every partition key of a tenant, for checks and `dynamodb:LeadingKeys` conditions. */
export function tenantPrefix(tenantId: string): string {
  return `T${separator}${joinParts([tenantId])}${separator}`;
}
