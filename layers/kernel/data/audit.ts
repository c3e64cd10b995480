/**
 * The audit trail: who changed what, from which to which value, from where. Audit records are written in the
 * transaction of the change itself, in the table of the domain, and are never updated.
 */
import { ulid } from '../ids.ts';
import type { Entity } from './entity.ts';
import { joinParts, partitionKey } from './keys.ts';
import type { SessionContext } from './session.ts';
import { scopeOf } from './storage-keys.ts';

export interface AuditRecord {
  entityType: string;
  entityId: string;
  action: 'create' | 'update' | 'delete';
  /** Changed attributes with their values; one side is absent on create and delete. */
  changes: Record<string, { old?: unknown; new?: unknown }>;
  actor: { id: string; kind: string; name: string };
  at: string;
  clientIp: string;
  userAgent: string;
  correlationId: string;
}

const bookkeeping = new Set(['version', 'createdAt', 'updatedAt']);

/** The partition that holds the history of one entity, newest record last. */
export const auditKey = (entityType: string, entityId: string) => ['AUDIT', entityType, entityId] as const;

export function auditItem(
  context: SessionContext,
  entity: Entity,
  action: AuditRecord['action'],
  entityId: string,
  before: object | undefined,
  after: object | undefined,
): Record<string, unknown> | undefined {
  if (context.actor === undefined) return undefined;
  const record: AuditRecord = {
    entityType: entity.name,
    entityId,
    action,
    changes: difference(before, after, new Set(entity.secretAttributes ?? [])),
    actor: context.actor,
    at: context.now(),
    clientIp: context.clientIp,
    userAgent: context.userAgent,
    correlationId: context.correlationId,
  };
  return {
    pk: partitionKey(scopeOf(context, entity), auditKey(entity.name, entityId)),
    sk: joinParts([ulid()]),
    _type: 'audit',
    ...record,
  };
}

/** Attributes that differ; those marked secret show only that they changed. */
function difference(
  before: object | undefined,
  after: object | undefined,
  secret: ReadonlySet<string>,
): AuditRecord['changes'] {
  const changes: AuditRecord['changes'] = {};
  const old = (before ?? {}) as Record<string, unknown>;
  const current = (after ?? {}) as Record<string, unknown>;
  for (const name of new Set([...Object.keys(old), ...Object.keys(current)])) {
    if (bookkeeping.has(name) || JSON.stringify(old[name]) === JSON.stringify(current[name])) continue;
    const show = (value: unknown): unknown => (secret.has(name) && value !== undefined ? '•••' : value);
    changes[name] = { ...(before ? { old: show(old[name]) } : {}), ...(after ? { new: show(current[name]) } : {}) };
  }
  return changes;
}
