/**
 * Keys of every table. A partition key cannot be built without a tenant, so no code path can read or write
 * across tenants by mistake. Parts are escaped: no value, whoever chose it, can imitate another key.
 */

/** A key is a list of parts; the first names the kind of row. */
export type KeyParts = readonly (string | number)[];

/** Data that belongs to no tenant, such as the owner of an API key prefix. Only identity and registries use it. */
export const globalScope = Symbol('global');

/** A partition of a tenant's data; keys of two workspaces differ as those of two tenants do. */
export interface WorkspaceScope {
  tenantId: string;
  workspaceId: string;
}

export type Scope = string | WorkspaceScope | typeof globalScope;

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

/** The parts of a joined key, as text. */
export const splitParts = (key: string): string[] =>
  key.split(separator).map((part) => part.replaceAll('%23', separator).replaceAll('%25', '%'));

export function partitionKey(scope: Scope, parts: KeyParts): string {
  return scopePrefix(scope) + joinParts(parts);
}

/** The beginning of every partition key of a tenant, for checks and `dynamodb:LeadingKeys` conditions. */
export function tenantPrefix(tenantId: string): string {
  return `T${separator}${joinParts([tenantId])}${separator}`;
}

/** No part of a key can imitate it, since `%` is always escaped. */
const workspaceMark = '%W';

/** The beginning of every partition key in the scope. */
export function scopePrefix(scope: Scope): string {
  if (scope === globalScope) return `G${separator}`;
  const { tenantId, workspaceId } = typeof scope === 'string' ? { tenantId: scope, workspaceId: undefined } : scope;
  if (tenantId === '') throw new Error('A partition key needs a tenant.');
  if (workspaceId === undefined) return tenantPrefix(tenantId);
  if (workspaceId === '') throw new Error('A partition key of a workspace needs its id.');
  return `${tenantPrefix(tenantId)}${workspaceMark}${separator}${joinParts([workspaceId])}${separator}`;
}
