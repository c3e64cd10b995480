/** The owner's word on somebody who asked to join: in, with roles that are his to give, or out without a trace. */
import type { Principal } from '../../../layers/kernel/auth/principal.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { checkGrant } from '../roles/grant-guard.ts';
import { changeUser, type StoredUser } from '../users/change-user.ts';
import { erased } from '../users/erase-user.ts';
import { checkWorkspaces } from '../workspaces/check-workspaces.ts';

/** @throws AppError `conflict` for who does not wait for approval; who was approved already is no error */
export async function approveEmployee(
  session: TenantSession,
  approver: Principal,
  id: string,
  given: { roles?: string[] | undefined; workspaces?: string[] | undefined },
): Promise<StoredUser> {
  return changeUser(session, id, async (user) => {
    if (user.status === 'active') return undefined;
    refuseUnlessWaiting(user);
    const roles = given.roles ?? user.roles;
    const workspaces = given.workspaces ?? user.workspaces;
    // What they asked for themselves is looked at like what they are given: nobody has granted it before.
    await checkGrant(session, approver, roles);
    await checkWorkspaces(session, approver, workspaces);
    return { status: 'active', roles, workspaces };
  });
}

/** @throws AppError `conflict` for who does not wait for approval */
export async function rejectEmployee(session: TenantSession, id: string): Promise<void> {
  await changeUser(session, id, (user) => {
    refuseUnlessWaiting(user);
    return erased(session.context.now());
  });
}

/** Somebody who is invited has no password yet and waits for nobody but themselves. */
function refuseUnlessWaiting({ status, passwordHash }: StoredUser): void {
  if (status !== 'pending' || passwordHash === undefined)
    throw new AppError('conflict', undefined, {
      texts: { en: 'This person does not wait for approval.', ar: 'هذا الشخص لا ينتظر الموافقة.' },
    });
}
