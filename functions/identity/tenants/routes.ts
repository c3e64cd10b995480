/** Tenants, for who runs the installation, and each tenant's own settings. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { changesOf } from '../../../layers/kernel/schema/change-schema.ts';
import { label } from '../../../layers/kernel/schema/common.ts';
import { tenantSchema } from './tenant-entity.ts';

const stored = storedSchema(tenantSchema);
const params = z.object({ id: z.string() });
const settings = z.pick(tenantSchema, {
  ...{ name: true, nameAr: true, timeZone: true, currency: true, locale: true },
  ...{ logInByCode: true, twoFactorRoles: true },
});

/** Every setting may be left out. */
type SettingChanges = { [K in keyof typeof settings.shape]: z.ZodMiniOptional<(typeof settings.shape)[K]> };

export const tenants = defineResource({
  name: 'tenants',
  base: '/api/core/tenants',
  title: 'Tenants',
  routes: {
    listTenants: {
      method: 'GET',
      path: '',
      access: 'identity:tenants:read',
      summary: 'List the tenants the credential can see: its own, or all with `system:tenants:read`.',
      response: z.array(stored),
      paginated: true,
    },
    getTenant: {
      method: 'GET',
      path: '/{id}',
      access: 'identity:tenants:read',
      summary: 'Get a tenant.',
      params,
      response: stored,
      errors: ['not_found'],
    },
    createTenant: {
      method: 'POST',
      path: '',
      access: 'system:tenants:write',
      summary: 'Create a tenant with its owner.',
      body: z.extend(z.omit(tenantSchema, { id: true, status: true, createdBy: true }), {
        owner: z.object({
          name: label(),
          email: z.string().check(z.email(), z.maxLength(254)),
          password: z.string().check(z.minLength(12), z.maxLength(256)),
        }),
      }),
      response: z.object({ id: z.string(), ownerId: z.string() }),
      errors: ['already_exists'],
      // The body holds a password, which must not be kept with the answer.
      idempotent: false,
    },
    suspendTenant: {
      method: 'POST',
      path: '/{id}/suspend',
      access: 'system:tenants:write',
      summary: 'Keep everybody of a tenant out: people, keys and devices. Data stays.',
      params,
      status: 200,
      response: stored,
      errors: ['not_found', 'conflict'],
    },
    reactivateTenant: {
      method: 'POST',
      path: '/{id}/reactivate',
      access: 'system:tenants:write',
      summary: 'Let a suspended tenant in again.',
      params,
      status: 200,
      response: stored,
      errors: ['not_found'],
    },
    updateTenant: {
      method: 'PUT',
      path: '/{id}',
      access: 'identity:tenants:write',
      summary: 'Change the settings of the own tenant.',
      params,
      body: changesOf(settings, { removable: true }) as z.ZodMiniObject<SettingChanges>,
      response: stored,
      errors: ['not_found', 'version_conflict'],
    },
    getTenantSettings: {
      method: 'GET',
      path: '/{id}/settings',
      access: 'identity:tenants:read',
      summary: 'Settings of the own tenant.',
      params,
      response: settings,
      errors: ['not_found'],
    },
  },
});
