/** Users of the tenant: who they are, what they may do, and whether they get in. */
import * as z from 'zod/mini';
import { historyRoute } from '../../../layers/kernel/crud/history.ts';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { empty, label } from '../../../layers/kernel/schema/common.ts';
import { chosenPassword } from './password-fields.ts';
import { publicUserSchema } from './public-user.ts';
import { createUserBody, roleNames, updateUserBody, workspaceIds } from './schemas.ts';
import { userStatuses } from './user-entity.ts';

const params = z.object({ id: z.string().check(z.maxLength(64)) });
const reason = z.optional(z.object({ reason: z.optional(label(500)) }));
const change = { params, response: publicUserSchema, status: 200 } as const;

export const users = defineResource({
  name: 'users',
  base: '/api/core/users',
  title: 'Users',
  routes: {
    listUsers: {
      method: 'GET',
      path: '',
      access: 'identity:users:read',
      summary:
        'List users; `search` is words of the name or user name, however written, or the beginning of an e-mail or phone.',
      query: z.object({
        status: z.optional(z.enum(userStatuses)),
        role: z.optional(z.string().check(z.maxLength(64))),
        workspace: z.optional(z.string().check(z.maxLength(64))),
        search: z.optional(z.string().check(z.trim(), z.minLength(1), z.maxLength(100))),
        order: z._default(z.enum(['asc', 'desc']), 'asc'),
      }),
      response: z.array(publicUserSchema),
      paginated: true,
    },
    getUser: {
      method: 'GET',
      path: '/{id}',
      access: 'identity:users:read',
      summary: 'Get a user.',
      params,
      response: publicUserSchema,
      errors: ['not_found'],
    },
    createUser: {
      method: 'POST',
      path: '',
      access: 'identity:users:write',
      summary: 'Add a user, with a password or by an invitation.',
      description:
        'With a password, the user changes it before anything else. Without one, an invitation is sent by e-mail.',
      body: createUserBody,
      response: publicUserSchema,
      errors: ['already_exists', 'not_found', 'forbidden', 'unprocessable'],
      // The body may hold a password, which must not be kept with the answer.
      idempotent: false,
    },
    updateUser: {
      ...change,
      method: 'PUT',
      path: '/{id}',
      access: 'identity:users:write',
      summary: 'Change who a user is; fields left out stay, `null` removes.',
      body: updateUserBody,
      errors: ['not_found', 'already_exists', 'forbidden', 'unprocessable', 'version_conflict'],
    },
    deleteUser: {
      method: 'DELETE',
      path: '/{id}',
      access: 'identity:users:write',
      summary: 'Delete a user: log-ins end, log-in names are free again, the audit trail stays.',
      params,
      errors: ['not_found', 'forbidden', 'conflict', 'version_conflict'],
    },
    activateUser: {
      ...change,
      method: 'POST',
      path: '/{id}/activate',
      access: 'identity:users:write',
      summary: 'Let a deactivated or waiting user in.',
      errors: ['not_found', 'forbidden', 'conflict'],
    },
    deactivateUser: {
      ...change,
      method: 'POST',
      path: '/{id}/deactivate',
      access: 'identity:users:write',
      summary: 'Keep a user out for now; all log-ins end.',
      body: reason,
      errors: ['not_found', 'forbidden', 'conflict'],
    },
    banUser: {
      ...change,
      method: 'POST',
      path: '/{id}/ban',
      access: 'identity:users:ban',
      summary: 'Ban a user; all log-ins end, and only lifting the ban lets them in again.',
      body: reason,
      errors: ['not_found', 'forbidden', 'conflict'],
    },
    unbanUser: {
      ...change,
      method: 'POST',
      path: '/{id}/unban',
      access: 'identity:users:ban',
      summary: 'Lift a ban.',
      errors: ['not_found', 'forbidden', 'conflict'],
    },
    setUserPassword: {
      method: 'PUT',
      path: '/{id}/password',
      access: 'authenticated',
      summary:
        'Change the own password with the present one, or set another’s with the permission `identity:users:password`.',
      description:
        'The own: every other log-in ends. Another’s: all their log-ins end, and they choose a new one before anything else.',
      params,
      body: z.object({
        /** The own present password. */
        currentPassword: z.optional(z.string().check(z.minLength(1), z.maxLength(256))),
        newPassword: chosenPassword(),
      }),
      response: empty,
      errors: ['not_found', 'forbidden', 'invalid_credentials', 'unprocessable'],
    },
    removeUserTwoFactor: {
      ...change,
      method: 'DELETE',
      path: '/{id}/two-factor',
      access: 'identity:users:password',
      summary: 'Take away the second factor of somebody who lost it with every recovery code; all log-ins end.',
      errors: ['not_found', 'forbidden', 'conflict'],
    },
    setUserRoles: {
      ...change,
      method: 'POST',
      path: '/{id}/roles',
      access: 'identity:users:write',
      summary: 'Say which roles a user has, instead of those before; nobody gives what he does not hold.',
      body: z.object({ roles: roleNames() }),
      errors: ['not_found', 'forbidden', 'conflict', 'unprocessable', 'version_conflict'],
    },
    setUserWorkspaces: {
      ...change,
      method: 'PUT',
      path: '/{id}/workspaces',
      access: 'identity:workspaces:members',
      summary: 'Say which workspaces a user is a member of; `*` is all of them.',
      body: z.object({ workspaces: workspaceIds() }),
      errors: ['not_found', 'forbidden', 'version_conflict'],
    },
    getUserPermissions: {
      method: 'GET',
      path: '/{id}/permissions',
      access: 'identity:users:read',
      summary: 'What a user may do, and which role it comes from.',
      params,
      response: z.object({
        /** All of them together, without those that others cover. */
        permissions: z.array(z.string()),
        roles: z.array(z.object({ id: z.string(), name: z.string(), permissions: z.array(z.string()) })),
      }),
      errors: ['not_found'],
    },
    getUserHistory: historyRoute('identity:users:read', 'user', params),
  },
});
