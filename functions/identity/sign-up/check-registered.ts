/** The questions a registration begins with. They tell who is registered, as the documents want it; see the limits. */
import { openSession } from '../../../layers/kernel/data/session.ts';
import type { Operation } from '../../../layers/kernel/http/route.ts';
import type { auth } from '../auth/routes.ts';
import { findUser } from '../log-in-names/find-user.ts';
import { hasControlDigit, tenantOfBin } from '../organizations/bin-entity.ts';
import { tenantEntity } from '../tenants/tenant-entity.ts';
import { normaliseEmail } from '../users/user-entity.ts';

export const checkEmail: Operation<typeof auth.routes.checkEmail> = async ({ body }) => {
  const email = normaliseEmail(body.email);
  return { data: { email, exists: (await findUser(email)) !== undefined } };
};

export const checkBin: Operation<typeof auth.routes.checkBin> = async ({ body: { bin } }) => ({
  data: { bin, exists: (await tenantOfBin(bin)) !== undefined, hasControlDigit: hasControlDigit(bin) },
});

export const checkBinForEmployee: Operation<typeof auth.routes.checkBinForEmployee> = async ({ body: { bin } }) => {
  const tenantId = await tenantOfBin(bin);
  const tenant = tenantId && (await openSession(tenantId).get(tenantEntity, { id: tenantId }));
  const open = tenant && tenant.status === 'active' ? tenant : undefined;
  return {
    data: {
      bin,
      exists: open !== undefined,
      organizationId: open?.id ?? null,
      organizationName: open?.legalName ?? open?.name ?? null,
    },
  };
};
