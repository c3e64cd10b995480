/** Logs a person in by e-mail, phone or user name, and answers as the product's documents show it. */
import type { Operation } from '../../../layers/kernel/http/route.ts';
import type { FoundUser } from '../log-in-names/find-user.ts';
import type { StartedSession } from '../sessions/start-session.ts';
import { type Admission, admitUser, type PendingStep } from './admit-user.ts';
import { provePassword } from './prove-password.ts';
import type { auth } from './routes.ts';

export const logIn: Operation<typeof auth.routes.login> = async (request) => {
  const found = await provePassword(request.body, request);
  return { data: logInAnswer(found, await admitUser(found, 'password', request)) };
};

/** The body of every log-in below `/api/v1`: tokens, or the second step. */
export function logInAnswer(found: FoundUser, admission: Admission) {
  return 'session' in admission ? sessionAnswer(found, admission.session) : challengeAnswer(admission.challenge);
}

export function sessionAnswer({ tenantId, user }: FoundUser, session: StartedSession) {
  const { accessToken, refreshToken, expiresIn } = session;
  return {
    success: true as const,
    accessToken,
    refreshToken,
    expiresIn,
    userId: user.id,
    workspaceId: user.workspaces.find((id) => id !== '*') ?? null,
    organizationId: tenantId,
    organizationRole: organizationRole(user.roles),
    ...(user.mustChangePassword ? { mustChangePassword: true as const } : {}),
  };
}

export function challengeAnswer(challenge: PendingStep) {
  return { success: true as const, twoFactorRequired: true as const, ...challenge };
}

function organizationRole(roles: readonly string[]): 'owner' | 'admin' | 'employee' {
  if (roles.includes('OWNER')) return 'owner';
  return roles.includes('ADMIN') ? 'admin' : 'employee';
}
