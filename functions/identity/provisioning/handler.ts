/**
 * Creates a tenant from the outside of the product: invoked directly (never through the API) by whoever runs the
 * installation, with IAM as the guard. Seeding of a development machine uses it too.
 */

import * as z from 'zod/mini';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { fieldMessage } from '../../../layers/kernel/i18n/field-message.ts';
import { label } from '../../../layers/kernel/schema/common.ts';
import { systemRoleNames } from '../roles/system-roles.ts';
import { tenantEntity, tenantSchema } from '../tenants/tenant-entity.ts';
import { provisionTenant } from './provision-tenant.ts';

const input = z.object({
  tenant: z.extend(tenantSchema, {
    id: z
      .string()
      .check(
        z.regex(
          /^[a-z0-9-]{3,40}$/,
          fieldMessage(
            'Use 3 to 40 small letters, digits or "-".',
            'استخدم من 3 إلى 40 من الحروف اللاتينية الصغيرة والأرقام و"-".',
          ),
        ),
      ),
  }),
  owner: z.object({
    name: label(),
    email: z.string().check(z.email(), z.maxLength(254)),
    password: z.string().check(z.minLength(12), z.maxLength(256)),
    roles: z._default(z.array(z.enum(systemRoleNames)), ['OWNER']),
  }),
});

/**
 * @returns `{ tenantId, userId, created: true }`, or `{ tenantId, created: false }` when the tenant was there already
 * @throws AppError `already_exists` when the e-mail belongs to somebody else; nothing is written then
 */
export async function handler(event: unknown): Promise<object> {
  const { tenant, owner } = input.parse(event);
  try {
    return {
      ...(await provisionTenant({ tenant, owner }, { id: 'installation', kind: 'system', name: 'installation' })),
      created: true,
    };
  } catch (error) {
    const isThere =
      isAppError(error) &&
      error.code === 'already_exists' &&
      (await openSession(tenant.id).get(tenantEntity, { id: tenant.id }, { consistent: true })) !== undefined;
    if (isThere) return { tenantId: tenant.id, created: false };
    throw error;
  }
}
