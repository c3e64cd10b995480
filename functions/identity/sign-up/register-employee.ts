/** Somebody asks to join an organisation. They get in when its owner approves; see `organizations/`. */
import { countRequest } from '../../../layers/kernel/auth/rate-limit.ts';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { notFound } from '../../../layers/kernel/errors/app-error.ts';
import type { Operation } from '../../../layers/kernel/http/route.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { checkPasswordOf } from '../account/password-of.ts';
import { tenantEntity } from '../tenants/tenant-entity.ts';
import { hashPassword } from '../users/password.ts';
import { normaliseEmail, type User } from '../users/user-entity.ts';
import { addSignedUpUser } from './add-signed-up-user.ts';
import type { signUp } from './routes.ts';

/** Of one organisation: nobody buries an owner in requests. */
const ofOrganization = { perMinute: 30, perDay: 300 };

export const registerEmployee: Operation<typeof signUp.routes.registerEmployee> = async (request) => {
  const { organizationId, firstName, lastName, position, password } = request.body;
  const tenant = await openSession(organizationId).get(tenantEntity, { id: organizationId });
  // Only organisations that are found by their number are joined this way.
  if (tenant?.bin === undefined || tenant.status !== 'active') throw notFound('organization', organizationId);
  await countRequest(tenant.id, 'register-employee', ofOrganization, Date.now());
  const names = { firstName, lastName, name: `${firstName} ${lastName}` };
  const email = normaliseEmail(request.body.email);
  await checkPasswordOf({ ...names, email }, password);
  const user: User = {
    id: newId('usr'),
    email,
    ...names,
    ...(position === undefined ? {} : { position }),
    roles: ['EMPLOYEE'],
    workspaces: [],
    status: 'pending',
    passwordHash: await hashPassword(password),
    passwordChangedAt: new Date().toISOString(),
    locale: request.locale,
  };
  await addSignedUpUser(tenant.id, user, request);
  return { data: { email, organizationId, status: 'pending', next: 'approval' } };
};
