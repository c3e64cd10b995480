/** From a person who proved who they are to a session, or to the second step their tenant or they themselves ask for. */
import { openSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { FoundUser } from '../log-in-names/find-user.ts';
import type { Caller } from '../security/acting-user.ts';
import type { LogInMethod } from '../sessions/session-entity.ts';
import { type StartedSession, startSession } from '../sessions/start-session.ts';
import { type Tenant, tenantEntity } from '../tenants/tenant-entity.ts';
import { type ChallengeStep, challengeSeconds, issueChallenge } from '../tokens/challenge-token.ts';
import type { User } from '../users/user-entity.ts';

export interface PendingStep {
  step: ChallengeStep;
  challengeToken: string;
  /** Seconds. */
  expiresIn: number;
}

export type Admission = { session: StartedSession } | { challenge: PendingStep };

/** @throws AppError `forbidden` for who has to wait; only who proved to be the person hears why */
export async function admitUser(found: FoundUser, method: LogInMethod, caller: Caller): Promise<Admission> {
  const { tenantId, user } = found;
  const tenant = await checkMayEnter(tenantId, user);
  const step = secondStep(user, tenant);
  if (step === undefined) return { session: await startSession(tenantId, user, method, caller) };
  const challengeToken = await issueChallenge({ userId: user.id, tenantId, step }, Date.now());
  return { challenge: { step, challengeToken, expiresIn: challengeSeconds } };
}

/** @throws AppError `forbidden`, or `invalid_credentials` for who is no user any more */
export async function checkMayEnter(tenantId: string, user: User): Promise<Tenant | undefined> {
  if (user.status === 'pending')
    throw new AppError('forbidden', undefined, {
      texts: isWaitingForEmail(user)
        ? { en: 'Confirm your e-mail with the code we sent.', ar: 'أكّد بريدك الإلكتروني بالرمز الذي أرسلناه.' }
        : { en: 'Your organisation has not approved you yet.', ar: 'لم توافق مؤسستك على انضمامك بعد.' },
    });
  if (user.status !== 'active') throw new AppError('invalid_credentials');
  const tenant = await openSession(tenantId).get(tenantEntity, { id: tenantId });
  if (tenant?.status === 'suspended') throw new AppError('forbidden', 'This tenant is suspended.');
  return tenant;
}

const isWaitingForEmail = (user: User): boolean => user.roles.includes('OWNER') && user.emailVerifiedAt === undefined;

function secondStep(user: User, tenant: Tenant | undefined): ChallengeStep | undefined {
  if (user.twoFactor?.enabledAt !== undefined) return 'two_factor';
  return user.roles.some((role) => tenant?.twoFactorRoles?.includes(role)) ? 'enrol' : undefined;
}
