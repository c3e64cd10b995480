/**
 * Rows that follow from a match or an import, which is what people did and what is audited: written in the same
 * transaction, without a record of each line.
 */
import { tableName } from '../../../layers/kernel/config/resource-names.ts';
import type { Entity, ItemOf, KeyOf } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { scopeOf, storageKeys } from '../../../layers/kernel/data/storage-keys.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { refused } from '../refused.ts';
import { type Reconciliation, sessionEntity } from './session-entity.ts';

/** Adds a row on condition that there is none. */
export function addRow<E extends Entity>(
  unit: UnitOfWork,
  session: TenantSession,
  entity: E,
  item: ItemOf<E>,
  isTaken: () => AppError,
): void {
  const { key } = storageKeys(scopeOf(session.context, entity), { ...entity, indexes: {} }, item);
  const now = session.context.now();
  const known = Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined));
  unit.step(
    {
      Put: {
        TableName: tableName(entity.table),
        Item: { ...key, _type: entity.name, ...known, version: 1, createdAt: now, updatedAt: now },
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    },
    isTaken,
  );
}

/** Removes a row, if there is one. */
export function removeRow<E extends Entity>(unit: UnitOfWork, session: TenantSession, entity: E, key: KeyOf<E>): void {
  const { key: stored } = storageKeys(scopeOf(session.context, entity), { ...entity, indexes: {} }, key as object);
  unit.step({ Delete: { TableName: tableName(entity.table), Key: stored } }, () => new AppError('conflict'));
}

/** Requires that the session is still open, without changing it: matches do not wait for each other. */
export function requireOpen(unit: UnitOfWork, session: TenantSession, { id }: Pick<Reconciliation, 'id'>): void {
  const { key } = storageKeys(scopeOf(session.context, sessionEntity), { ...sessionEntity, indexes: {} }, { id });
  unit.step(
    {
      ConditionCheck: {
        TableName: tableName(sessionEntity.table),
        Key: key,
        ConditionExpression: '#status = :open',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':open': 'open' },
      },
    },
    sessionClosed,
  );
}

export const sessionClosed = () => refused('conflict', 'The reconciliation session is closed.', 'جلسة التسوية مقفلة.');
