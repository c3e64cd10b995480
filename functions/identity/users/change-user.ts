/** Changes a user with what hangs on it: log-in names in the installation, the last owner's guard, the event. */
import { refuseStale } from '../../../layers/kernel/crud/crud-operations.ts';
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { isAppError, notFound } from '../../../layers/kernel/errors/app-error.ts';
import { userUpdated } from '../events.ts';
import { claimLoginName, loginNamesOf, releaseLoginName } from './add-user.ts';
import { keepAnOwner } from './last-owner.ts';
import { publicUser } from './public-user.ts';
import { type User, userEntity } from './user-entity.ts';

export type UserChanges = Partial<{ [K in keyof User]: User[K] | null | undefined }>;
export type StoredUser = User & Stored;

/** Who meets somebody else's change reads again and decides again, this often. */
const maxAttempts = 5;

/** A user that was not deleted. @throws AppError `not_found` */
export async function requireUser(session: TenantSession, id: string): Promise<StoredUser> {
  const user = await session.require(userEntity, { id });
  if (user.deletedAt !== undefined) throw notFound('user', id);
  return user;
}

/**
 * Reads a user, lets `decide` say what changes, and writes it. When somebody changed the user meanwhile, `decide` is asked
 * again about what is there now, unless the caller insists on a version.
 * @param decide undefined for nothing to change; may throw to refuse
 */
export async function changeUser(
  session: TenantSession,
  id: string,
  decide: (user: StoredUser, unit: UnitOfWork) => UserChanges | undefined | Promise<UserChanges | undefined>,
  expectedVersion?: number,
): Promise<StoredUser> {
  for (let attempt = 1; ; attempt++) {
    const before = await requireUser(session, id);
    refuseStale(before, expectedVersion);
    const unit = session.begin('identity');
    const changes = await decide(before, unit);
    if (changes === undefined) return before;
    try {
      const after = await writeChange(session, unit, before, changes);
      await unit.commit();
      return after;
    } catch (error) {
      const canRetry = expectedVersion === undefined && attempt < maxAttempts;
      if (!(canRetry && isAppError(error) && error.code === 'version_conflict')) throw error;
    }
  }
}

/** Adds the change to a unit of work; who owns the unit commits it. */
async function writeChange(
  session: TenantSession,
  unit: UnitOfWork,
  before: StoredUser,
  changes: UserChanges,
): Promise<StoredUser> {
  const defined = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  const after = unit.update(userEntity, before, defined as UserChanges as Partial<User>);
  await keepAnOwner(session, unit, before, after);
  moveLoginNames(session, unit, before, after);
  unit.emit(userUpdated, { aggregateId: after.id, payload: publicUser(after) });
  return after;
}

function moveLoginNames(session: TenantSession, unit: UnitOfWork, before: User, after: User): void {
  const [old, current] = [loginNamesOf(before), loginNamesOf(after)];
  const isIn = (names: typeof old, name: string): boolean => names.some(([, other]) => other === name);
  for (const [, name] of old) if (!isIn(current, name)) releaseLoginName(unit, before.id, name);
  for (const [kind, name] of current)
    if (!isIn(old, name)) claimLoginName(unit, session.tenantId, after.id, kind, name);
}
