/** The catalogue of permissions: what a role or an API key can be given, and what each opens. */
import * as z from 'zod/mini';
import { defineResource } from '../../../layers/kernel/http/route.ts';

export const permissions = defineResource({
  name: 'permissions',
  base: '/api/core/permissions',
  title: 'Permissions',
  routes: {
    listPermissions: {
      method: 'GET',
      path: '',
      access: 'identity:roles:read',
      summary: 'Every permission that exists, with the operations it opens.',
      description: 'Roles and API keys take these, or wildcards over them such as `billing:*`.',
      query: z.object({ domain: z.optional(z.string().check(z.maxLength(40))) }),
      response: z.array(
        z.object({
          permission: z.string(),
          domain: z.string(),
          resource: z.string(),
          action: z.string(),
          /** Whether a role of the tenant can hold it. */
          isAssignable: z.boolean(),
          operations: z.array(z.string()),
        }),
      ),
    },
  },
});
