/** Adds a user to a unit of work with the claims on its log-in names and its event: every way to become a user ends here. */
import { tableName } from '../../../layers/kernel/config/resource-names.ts';
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { globalScope } from '../../../layers/kernel/data/keys.ts';
import { storageKeys } from '../../../layers/kernel/data/storage-keys.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { userCreated } from '../events.ts';
import { publicUser } from './public-user.ts';
import { type LoginNameKind, loginNameEntity, type User, userEntity } from './user-entity.ts';

/** `already_exists` refuses the transaction when another user has the e-mail, phone or user name. */
export function addUser(unit: UnitOfWork, tenantId: string, user: User): User & Stored {
  const stored = unit.create(userEntity, user);
  for (const [kind, name] of loginNamesOf(user)) claimLoginName(unit, tenantId, user.id, kind, name);
  unit.emit(userCreated, { aggregateId: user.id, payload: publicUser(stored) });
  return stored;
}

export function claimLoginName(
  unit: UnitOfWork,
  tenantId: string,
  userId: string,
  kind: LoginNameKind,
  name: string,
): void {
  unit.claim(
    loginNameEntity,
    { name, kind, tenantId, userId },
    () => new AppError('already_exists', undefined, { values: { entity: kind, id: name } }),
  );
}

/** Gives a name back that the user has; a name of somebody else refuses the transaction. */
export function releaseLoginName(unit: UnitOfWork, userId: string, name: string): void {
  unit.step(
    {
      Delete: {
        TableName: tableName(loginNameEntity.table),
        Key: storageKeys(globalScope, loginNameEntity, { name }).key,
        ConditionExpression: 'attribute_not_exists(pk) OR userId = :user',
        ExpressionAttributeValues: { ':user': userId },
      },
    },
    () => new AppError('conflict'),
  );
}

/** The names a user can log in with. */
export function loginNamesOf({ email, phone, username }: User): [LoginNameKind, string][] {
  const names: [LoginNameKind, string | undefined][] = [
    ['email', email],
    ['phone', phone],
    ['username', username?.toLowerCase()],
  ];
  return names.filter((entry): entry is [LoginNameKind, string] => entry[1] !== undefined);
}
