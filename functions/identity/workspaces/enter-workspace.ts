/**
 * Who may enter a workspace: its members. It is read from the user's row and not from the token, so that a new member gets
 * in and a removed one stays out within seconds. One that does not exist, belongs to another tenant or to somebody else
 * answers the same: `not_found`.
 */
import type { Principal } from '../../../layers/kernel/auth/principal.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError, notFound } from '../../../layers/kernel/errors/app-error.ts';
import { userEntity } from '../users/user-entity.ts';
import { type Workspace, workspaceEntity } from './workspace-entity.ts';

/** How long a removed member may still be let in by an instance that let them in before. */
const cacheMs = 10_000;
const admitted = new Map<string, { workspace: Workspace; until: number }>();
const maxAdmitted = 10_000;

/** @throws AppError `not_found` for who is no member, `conflict` for writing to an archived workspace */
export async function enterWorkspace(
  session: TenantSession,
  principal: Principal,
  workspaceId: string,
  isWrite: boolean,
): Promise<void> {
  const key = JSON.stringify([session.tenantId, principal.subject, workspaceId]);
  const nowMs = Date.now();
  const known = admitted.get(key);
  const isFresh = known !== undefined && known.until > nowMs && known.until - nowMs <= cacheMs;
  const workspace = isFresh ? known.workspace : await findOwn(session, principal, workspaceId);
  if (!isFresh) {
    if (admitted.size >= maxAdmitted) admitted.clear();
    admitted.set(key, { workspace, until: nowMs + cacheMs });
  }
  if (isWrite && workspace.status === 'archived')
    throw new AppError('conflict', undefined, {
      texts: { en: 'The workspace is archived: it can only be read.', ar: 'مساحة العمل مؤرشفة: للقراءة فقط.' },
    });
}

/** The workspace as it is now. @throws AppError `not_found` */
export async function findOwn(session: TenantSession, principal: Principal, workspaceId: string) {
  const [workspace, workspaces] = await Promise.all([
    session.get(workspaceEntity, { id: workspaceId }, { consistent: true }),
    workspacesOf(session, principal),
  ]);
  if (workspace === undefined || !mayEnter(principal, workspace, workspaces)) throw notFound('workspace', workspaceId);
  return workspace;
}

/** Ids of workspaces, or `*` among them, as they are now. */
export async function workspacesOf(session: TenantSession, principal: Principal): Promise<readonly string[]> {
  if (principal.kind !== 'user') return principal.workspaces;
  const user = await session.get(userEntity, { id: principal.subject }, { consistent: true });
  return user?.status === 'active' ? user.workspaces : [];
}

/** `*` is every corporate workspace: a personal one is its owner's alone. */
function mayEnter({ subject }: Principal, workspace: Workspace, workspaces: readonly string[]): boolean {
  if (workspace.kind === 'personal') return workspace.ownerId === subject;
  return workspaces.includes('*') || workspaces.includes(workspace.id);
}
