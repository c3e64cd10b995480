/** A company registers: its tenant, its number and its owner at once. The owner gets in with the code sent to the e-mail. */
import type { Operation } from '../../../layers/kernel/http/route.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { checkPasswordOf } from '../account/password-of.ts';
import { addTenant } from '../tenants/add-tenant.ts';
import type { Tenant } from '../tenants/tenant-entity.ts';
import { hashPassword } from '../users/password.ts';
import { normaliseEmail, type User } from '../users/user-entity.ts';
import { addSignedUpUser } from './add-signed-up-user.ts';
import type { signUp } from './routes.ts';

/** Where BINs are given out. */
const ofKazakhstan = { timeZone: 'Asia/Almaty', currency: 'KZT' };

export const registerOwner: Operation<typeof signUp.routes.registerOwner> = async (request) => {
  const { body, locale } = request;
  const { firstName, lastName, bin, companyName, password } = body;
  const names = { firstName, lastName, name: `${firstName} ${lastName}` };
  const email = normaliseEmail(body.email);
  await checkPasswordOf({ ...names, email }, password);
  const now = new Date().toISOString();
  const user: User = {
    id: newId('usr'),
    email,
    ...names,
    roles: ['OWNER'],
    workspaces: ['*'],
    status: 'pending',
    passwordHash: await hashPassword(password),
    passwordChangedAt: now,
    locale,
  };
  const tenant: Tenant = {
    id: newId('tnt').toLowerCase().replace('_', '-'),
    name: companyName,
    legalName: companyName,
    bin,
    ...ofKazakhstan,
    locale,
    status: 'active',
    createdBy: user.id,
  };
  await addSignedUpUser(tenant.id, user, request, (unit) => {
    addTenant(unit, tenant);
  });
  return { data: { email, status: 'pending', next: 'verify-email' } };
};
