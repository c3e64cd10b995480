/** Workspaces and their members. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { historyRoute } from '../../../layers/kernel/crud/history.ts';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { label } from '../../../layers/kernel/schema/common.ts';
import { workspaceKinds, workspaceSchema, workspaceStatuses } from './workspace-entity.ts';

const id = z.string().check(z.maxLength(64));
const params = z.object({ id });
const stored = storedSchema(workspaceSchema);

const member = z.object({
  userId: z.string(),
  name: z.string(),
  email: z.optional(z.string()),
  position: z.optional(z.string()),
  roles: z.array(z.string()),
  status: z.string(),
  /** Whether the user is a member because every workspace is open to them. */
  entersAll: z.boolean(),
});

export const workspaces = defineResource({
  name: 'workspaces',
  base: '/api/v1/workspaces',
  title: 'Workspaces',
  routes: {
    listWorkspaces: {
      method: 'GET',
      path: '',
      access: 'authenticated',
      summary: 'List the workspaces the caller may enter.',
      query: z.object({ kind: z.optional(z.enum(workspaceKinds)), status: z.optional(z.enum(workspaceStatuses)) }),
      response: z.array(stored),
      paginated: true,
    },
    createWorkspace: {
      method: 'POST',
      path: '',
      access: 'authenticated',
      summary: 'Create a workspace; the caller becomes its first member.',
      description:
        'Everybody may have one personal workspace, which nobody else enters. A corporate one needs the permission `identity:workspaces:write`.',
      body: z.object({
        name: label(100),
        description: z.optional(label(500)),
        kind: z._default(z.enum(workspaceKinds), 'corporate'),
      }),
      response: stored,
      errors: ['forbidden', 'conflict', 'unprocessable'],
    },
    getWorkspace: {
      method: 'GET',
      path: '/{id}',
      access: 'authenticated',
      summary: 'Get a workspace the caller may enter.',
      params,
      response: stored,
      errors: ['not_found'],
    },
    updateWorkspace: {
      method: 'PUT',
      path: '/{id}',
      access: 'authenticated',
      summary: 'Rename, describe, archive or reopen a workspace.',
      description:
        'A personal workspace by its owner, a corporate one with the permission `identity:workspaces:write`.',
      params,
      body: z.object({
        name: z.optional(label(100)),
        description: z.optional(z.nullable(label(500))),
        status: z.optional(z.enum(workspaceStatuses)),
      }),
      response: stored,
      errors: ['not_found', 'forbidden', 'version_conflict'],
    },
    getWorkspaceHistory: historyRoute('identity:workspaces:read', 'workspace', params),
    listWorkspaceMembers: {
      method: 'GET',
      path: '/{wsId}/members',
      access: 'identity:workspaces:read',
      summary: 'List who may enter a workspace.',
      params: z.object({ wsId: id }),
      response: z.array(member),
      paginated: true,
      errors: ['not_found'],
    },
    addWorkspaceMember: {
      method: 'POST',
      path: '/{wsId}/members',
      access: 'identity:workspaces:members',
      summary: 'Let a user of the tenant into a workspace.',
      params: z.object({ wsId: id }),
      body: z.object({ userId: z.string().check(z.minLength(1), z.maxLength(64)) }),
      response: member,
      errors: ['not_found', 'conflict', 'unprocessable'],
    },
    removeWorkspaceMember: {
      method: 'DELETE',
      path: '/{wsId}/members/{userId}',
      access: 'identity:workspaces:members',
      summary: 'Take a user out of a workspace.',
      params: z.object({ wsId: id, userId: id }),
      errors: ['not_found', 'conflict'],
    },
  },
});
