/** Checks workspaces that somebody is to become a member of, or to be no longer. */
import type { Principal } from '../../../layers/kernel/auth/principal.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError, notFound } from '../../../layers/kernel/errors/app-error.ts';
import { workspacesOf } from './enter-workspace.ts';
import { workspaceEntity } from './workspace-entity.ts';

/**
 * Nobody hands out what he may not enter himself.
 * @throws AppError `not_found` for a workspace that is not there or not his to give, `forbidden` for `*` without having it
 */
export async function checkWorkspaces(session: TenantSession, giver: Principal, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const own = await workspacesOf(session, giver);
  const hasAll = own.includes('*');
  if (ids.includes('*') && !hasAll)
    throw new AppError('forbidden', undefined, {
      texts: {
        en: 'Only who may enter every workspace can say so of others.',
        ar: 'لا يمنح الدخول إلى جميع مساحات العمل إلا من يملكه.',
      },
    });
  const named = ids.filter((id) => id !== '*');
  const found = await session.getMany(
    workspaceEntity,
    named.map((id) => ({ id })),
  );
  const wrong = named.find((id) => {
    const workspace = found.find((candidate) => candidate.id === id);
    return workspace === undefined || workspace.kind === 'personal' || !(hasAll || own.includes(id));
  });
  if (wrong !== undefined) throw notFound('workspace', wrong);
}
