/** What people do with their own second factor; a stolen access token alone changes nothing here. */
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operations, Request } from '../../../layers/kernel/http/route.ts';
import { requirePerson } from '../account/person.ts';
import { countAttempt } from '../security/attempts.ts';
import { tenantEntity } from '../tenants/tenant-entity.ts';
import { requireUser, type StoredUser } from '../users/change-user.ts';
import { verifyPassword } from '../users/password.ts';
import { beginEnrolment, confirmEnrolment, removeTwoFactor, replaceRecoveryCodes } from './enrol.ts';
import type { twoFactorRoutes } from './routes.ts';
import { proveSecondFactor } from './second-factor.ts';

type OwnRequest = Pick<
  Request<(typeof twoFactorRoutes)['confirmTwoFactor']>,
  'principal' | 'session' | 'clientIp' | 'userAgent' | 'correlationId'
>;

export const twoFactorOperations: Operations<typeof twoFactorRoutes> = {
  enrolTwoFactor: async (request) => {
    const user = await ownUser(request);
    await provePresentPassword(request, user, request.body.password);
    return { data: await beginEnrolment(request.session, user) };
  },

  confirmTwoFactor: async (request) => {
    const user = await ownUser(request);
    return { data: { recoveryCodes: await confirmEnrolment(request.session, user.id, request.body.code, request) } };
  },

  replaceRecoveryCodes: async (request) => {
    const user = await ownUser(request);
    await proveSecondFactor({ tenantId: request.session.tenantId, user }, request.body.code, request);
    return { data: { recoveryCodes: await replaceRecoveryCodes(request.session, user.id) } };
  },

  disableTwoFactor: async (request) => {
    const { session, body } = request;
    const user = await ownUser(request);
    const tenant = await session.require(tenantEntity, { id: session.tenantId });
    if (user.roles.some((role) => tenant.twoFactorRoles?.includes(role)))
      throw new AppError('forbidden', undefined, {
        texts: { en: 'Your role needs a second factor.', ar: 'دورك يتطلب عاملًا ثانيًا.' },
      });
    await provePresentPassword(request, user, body.password);
    await proveSecondFactor({ tenantId: session.tenantId, user }, body.code, request);
    await removeTwoFactor(session, user.id);
    return { data: { twoFactorEnabled: false } };
  },
};

async function ownUser({ principal, session }: OwnRequest): Promise<StoredUser> {
  requirePerson(principal);
  return requireUser(session, principal.subject);
}

async function provePresentPassword({ clientIp }: OwnRequest, user: StoredUser, password: string): Promise<void> {
  await countAttempt('password', user.id, clientIp);
  if (!(await verifyPassword(password, user.passwordHash))) throw new AppError('invalid_credentials');
}
