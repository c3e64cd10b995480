/** A tenant keeps an owner: whoever is the last one cannot be removed, deactivated, banned or demoted. */
import { tableName } from '../../../layers/kernel/config/resource-names.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { storageKeys } from '../../../layers/kernel/data/storage-keys.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { type User, userEntity } from './user-entity.ts';

export const isActiveOwner = ({ status, roles }: Pick<User, 'status' | 'roles'>): boolean =>
  status === 'active' && roles.includes('OWNER');

/**
 * When a change takes an active owner away, another one must be there at the moment of the change: the transaction names
 * one and is refused when that one stops being an owner at the same time. So two owners cannot remove each other, and
 * there is no count that could go wrong.
 * @throws AppError `conflict` for the last owner; the commit throws `version_conflict` when the other one just changed
 */
export async function keepAnOwner(
  session: TenantSession,
  unit: UnitOfWork,
  before: User,
  after: Pick<User, 'status' | 'roles'>,
): Promise<void> {
  if (!isActiveOwner(before) || isActiveOwner(after)) return;
  const other = await findOtherOwner(session, before.id);
  if (other === undefined)
    throw new AppError('conflict', undefined, {
      texts: {
        en: 'This is the last owner: make somebody else an owner first.',
        ar: 'هذا آخر مالك: عيّن مالكًا آخر أولًا.',
      },
    });
  unit.step(
    {
      ConditionCheck: {
        TableName: tableName(userEntity.table),
        Key: storageKeys(session.context.scope, { ...userEntity, indexes: {} }, { id: other.id }).key,
        ConditionExpression: '#status = :active AND contains(#roles, :owner)',
        ExpressionAttributeNames: { '#status': 'status', '#roles': 'roles' },
        ExpressionAttributeValues: { ':active': 'active', ':owner': 'OWNER' },
      },
    },
    () => new AppError('version_conflict'),
  );
}

async function findOtherOwner(session: TenantSession, id: string): Promise<User | undefined> {
  let cursor: string | undefined;
  do {
    const page = await session.query<User>(userEntity, {
      index: 'gsi1',
      pk: ['USER'],
      limit: 20,
      cursor,
      filter: [
        { attribute: 'status', operator: '=', value: 'active' },
        { attribute: 'roles', operator: 'contains', value: 'OWNER' },
        { attribute: 'id', operator: '<>', value: id },
      ],
    });
    // The index may be behind: the row itself says whether it still is so.
    for (const candidate of page.items) {
      const present = await session.get(userEntity, { id: candidate.id }, { consistent: true });
      if (present && isActiveOwner(present)) return present;
    }
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return undefined;
}
