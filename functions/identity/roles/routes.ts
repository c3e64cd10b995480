/** Roles: those every tenant has, and its own. */
import * as z from 'zod/mini';
import { historyRoute } from '../../../layers/kernel/crud/history.ts';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { roleBody } from './role-entity.ts';

const role = z.object({
  /** Name of a system role, or `rol_…`. */
  id: z.string(),
  name: z.string(),
  nameAr: z.optional(z.string()),
  description: z.optional(z.string()),
  descriptionAr: z.optional(z.string()),
  permissions: z.array(z.string()),
  isSystem: z.boolean(),
  version: z.optional(z.int()),
  createdAt: z.optional(z.string()),
  updatedAt: z.optional(z.string()),
});
const params = z.object({ id: z.string().check(z.maxLength(64)) });

export const roles = defineResource({
  name: 'roles',
  base: '/api/core/roles',
  title: 'Roles',
  routes: {
    listRoles: {
      method: 'GET',
      path: '',
      access: 'identity:roles:read',
      summary: 'List roles: the system’s and the tenant’s own, 50 of them at most.',
      response: z.array(role),
    },
    getRole: {
      method: 'GET',
      path: '/{id}',
      access: 'identity:roles:read',
      summary: 'Get a role.',
      params,
      response: role,
      errors: ['not_found'],
    },
    createRole: {
      method: 'POST',
      path: '',
      access: 'identity:roles:write',
      summary: 'Make a role from permissions you hold yourself.',
      body: roleBody,
      response: role,
      errors: ['forbidden', 'unprocessable'],
    },
    updateRole: {
      method: 'PUT',
      path: '/{id}',
      access: 'identity:roles:write',
      summary: 'Change a role of the tenant’s own; fields left out stay as they are.',
      params,
      body: z.partial(roleBody),
      response: role,
      errors: ['not_found', 'forbidden', 'unprocessable', 'conflict', 'version_conflict'],
    },
    deleteRole: {
      method: 'DELETE',
      path: '/{id}',
      access: 'identity:roles:write',
      summary: 'Delete a role of the tenant’s own that nobody has.',
      params,
      errors: ['not_found', 'forbidden', 'conflict', 'version_conflict'],
    },
    getRoleHistory: historyRoute('identity:roles:read', 'role', params),
  },
});
