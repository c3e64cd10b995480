/** Members of a workspace: a line on the user's row, so that nobody is a member in one place and not in another. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError, notFound } from '../../../layers/kernel/errors/app-error.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { changeUser } from '../users/change-user.ts';
import { type User, userEntity } from '../users/user-entity.ts';
import type { workspaces } from './routes.ts';
import { maxWorkspacesOfUser, tooMany, type Workspace, workspaceEntity } from './workspace-entity.ts';

type MemberRoutes = Pick<
  typeof workspaces.routes,
  'listWorkspaceMembers' | 'addWorkspaceMember' | 'removeWorkspaceMember'
>;

/** Whether the caller may enter was asked before, for every route with `{wsId}`; see `enter-workspace.ts`. */
export const memberOperations: Operations<MemberRoutes> = {
  listWorkspaceMembers: async ({ session, params, page }) => {
    const workspace = await session.require(workspaceEntity, { id: params.wsId });
    const who =
      workspace.kind === 'personal'
        ? [{ attribute: 'id', operator: '=', value: workspace.ownerId } as const]
        : ['*', workspace.id].map((value) => ({ attribute: 'workspaces', operator: 'contains', value }) as const);
    const { items, nextCursor } = await session.query<User & Stored>(userEntity, {
      index: 'gsi1',
      pk: ['USER'],
      filter: [{ anyOf: who }],
      ...page,
    });
    return { data: items.map(present), pagination: { limit: page.limit, nextCursor } };
  },

  addWorkspaceMember: async ({ session, params, body }) => {
    await requireCorporate(session, params.wsId);
    const user = await changeUser(session, body.userId, (before, unit) => {
      if (before.workspaces.includes('*') || before.workspaces.includes(params.wsId)) return undefined;
      if (before.workspaces.length >= maxWorkspacesOfUser) throw tooMany();
      unit.requireExists(workspaceEntity, { id: params.wsId });
      return { workspaces: [...before.workspaces, params.wsId] };
    });
    return { data: present(user) };
  },

  removeWorkspaceMember: async ({ session, params }) => {
    await requireCorporate(session, params.wsId);
    await changeUser(session, params.userId, (before) => {
      if (before.workspaces.includes('*'))
        throw new AppError('conflict', undefined, {
          texts: {
            en: 'Every workspace is open to this user: say which ones instead.',
            ar: 'جميع مساحات العمل مفتوحة لهذا المستخدم: حدّد مساحاته بدلًا من ذلك.',
          },
        });
      if (!before.workspaces.includes(params.wsId)) throw notFound('member', params.userId);
      return { workspaces: before.workspaces.filter((id) => id !== params.wsId) };
    });
    return {};
  },
};

async function requireCorporate(session: TenantSession, id: string): Promise<Workspace> {
  const workspace = await session.require(workspaceEntity, { id });
  if (workspace.kind === 'personal')
    throw new AppError('conflict', undefined, {
      texts: { en: 'A personal workspace has one member.', ar: 'لمساحة العمل الشخصية عضو واحد.' },
    });
  return workspace;
}

function present({ id, name, email, position, roles, status, workspaces }: User) {
  return {
    userId: id,
    name,
    ...(email === undefined ? {} : { email }),
    ...(position === undefined ? {} : { position }),
    roles,
    status,
    entersAll: workspaces.includes('*'),
  };
}
