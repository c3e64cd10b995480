/**
 * Creates a tenant from the outside of the product: invoked directly (never through the API) by whoever runs the
 * installation, with IAM as the guard. Seeding of a development machine uses it too.
 */

import * as z from 'zod/mini';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { tenantEntity } from '../tenants/tenant-entity.ts';
import { installationActor, newOwner, newTenant } from './new-tenant.ts';
import { provisionTenant } from './provision-tenant.ts';

const input = z.object({ tenant: newTenant, owner: newOwner });

/**
 * @returns `{ tenantId, userId, created: true }`, or `{ tenantId, created: false }` when the tenant was there already
 * @throws AppError `already_exists` when the e-mail belongs to somebody else; nothing is written then
 */
export async function handler(event: unknown): Promise<object> {
  const { tenant, owner } = input.parse(event);
  try {
    return {
      ...(await provisionTenant({ tenant, owner }, installationActor())),
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
