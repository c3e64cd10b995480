/** Lambda entry of `/api/core/permissions`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { isSystemPermission, permissionCatalogue } from './catalogue.ts';
import { permissions } from './routes.ts';

export const handler = serve(permissions, {
  listPermissions: async ({ query }) => ({
    data: permissionCatalogue()
      .map(({ permission, operations }) => {
        const [domain = '', resource = '', action = ''] = permission.split(':');
        return { permission, domain, resource, action, isAssignable: !isSystemPermission(permission), operations };
      })
      .filter(({ domain }) => query.domain === undefined || domain === query.domain),
  }),
});
