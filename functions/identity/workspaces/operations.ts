/** What can be done with workspaces themselves. */
import { isGranted } from '../../../layers/kernel/auth/permissions.ts';
import type { Principal } from '../../../layers/kernel/auth/principal.ts';
import { refuseStale } from '../../../layers/kernel/crud/crud-operations.ts';
import { readHistory } from '../../../layers/kernel/crud/history.ts';
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { type AnyOf, equals, type FilterTerm } from '../../../layers/kernel/data/expressions.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operations, Request } from '../../../layers/kernel/http/route.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { requirePerson } from '../account/person.ts';
import { changeUser } from '../users/change-user.ts';
import { findOwn, workspacesOf } from './enter-workspace.ts';
import { memberOperations } from './members.ts';
import type { workspaces } from './routes.ts';
import { maxWorkspacesOfUser, tooMany, type Workspace, workspaceEntity } from './workspace-entity.ts';

export const workspaceOperations: Operations<typeof workspaces.routes> = {
  ...memberOperations,

  listWorkspaces: async ({ session, principal, query, page }) => {
    const own = await workspacesOf(session, principal);
    const entered: FilterTerm[] = [
      { attribute: 'ownerId', operator: '=', value: principal.subject },
      ...(own.includes('*') ? [{ attribute: 'kind', operator: '=', value: 'corporate' } as const] : []),
      ...(own.length > 0 ? [{ attribute: 'id', operator: 'in', value: own } as const] : []),
    ];
    const filter: (FilterTerm | AnyOf)[] = equals(query);
    const { items, nextCursor } = await session.query<Workspace & Stored>(workspaceEntity, {
      index: 'gsi1',
      pk: ['WORKSPACE'],
      filter: [...filter, { anyOf: entered }],
      ...page,
    });
    return { data: items, pagination: { limit: page.limit, nextCursor } };
  },

  createWorkspace: async ({ session, principal, body }) => {
    const workspace: Workspace = {
      id: body.kind === 'personal' ? personalId(principal) : newId('wsp'),
      name: body.name,
      ...(body.description === undefined ? {} : { description: body.description }),
      kind: body.kind,
      ownerId: principal.subject,
      status: 'active',
    };
    if (body.kind === 'personal') requirePerson(principal);
    else requirePermission(principal, 'identity:workspaces:write');
    return { data: await addWorkspace(session, principal, workspace) };
  },

  getWorkspace: async ({ session, principal, params }) => ({ data: await findOwn(session, principal, params.id) }),

  updateWorkspace: async ({ session, principal, params, body, expectedVersion }) => {
    const workspace = await findOwn(session, principal, params.id);
    if (workspace.kind === 'corporate') requirePermission(principal, 'identity:workspaces:write');
    refuseStale(workspace, expectedVersion);
    const changes = body as Partial<Workspace>;
    return { data: await session.transact('identity', (unit) => unit.update(workspaceEntity, workspace, changes)) };
  },

  getWorkspaceHistory: async (
    request: Request & { params: { id: string }; session: TenantSession; principal: Principal },
  ) => {
    await findOwn(request.session, request.principal, request.params.id);
    return readHistory(workspaceEntity)(request);
  },
};

/** One for each person, so its id follows from theirs: a second one is `already_exists`. */
const personalId = ({ subject }: Principal): string => `wsp_of_${subject}`;

function requirePermission({ permissions }: Principal, permission: string): void {
  if (!isGranted(permissions, permission)) throw new AppError('forbidden', undefined, { values: { permission } });
}

/** A workspace and its first member in one transaction; who may enter all of them, and a key, need no membership. */
async function addWorkspace(
  session: TenantSession,
  principal: Principal,
  workspace: Workspace,
): Promise<Workspace & Stored> {
  const isMemberAnyway = workspace.kind === 'personal' || (await workspacesOf(session, principal)).includes('*');
  if (isMemberAnyway || principal.kind !== 'user')
    return session.transact('identity', (unit) => unit.create(workspaceEntity, workspace));
  let stored: (Workspace & Stored) | undefined;
  await changeUser(session, principal.subject, (user, unit) => {
    if (user.workspaces.length >= maxWorkspacesOfUser) throw tooMany();
    stored = unit.create(workspaceEntity, workspace);
    return { workspaces: [...user.workspaces, workspace.id] };
  });
  return stored!;
}
