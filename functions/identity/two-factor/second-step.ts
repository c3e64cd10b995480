/** The second step of a log-in: the challenge of the first and a code, or the set-up that the tenant asks for. */
import { openSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operation } from '../../../layers/kernel/http/route.ts';
import { checkMayEnter } from '../auth/admit-user.ts';
import { sessionAnswer } from '../auth/log-in.ts';
import type { auth } from '../auth/routes.ts';
import type { FoundUser } from '../log-in-names/find-user.ts';
import { sessionOf } from '../security/acting-user.ts';
import { isSessionOver } from '../sessions/session-state.ts';
import { startSession } from '../sessions/start-session.ts';
import { type ChallengeStep, verifyChallenge } from '../tokens/challenge-token.ts';
import { userEntity } from '../users/user-entity.ts';
import { beginEnrolment, confirmEnrolment } from './enrol.ts';
import { proveSecondFactor } from './second-factor.ts';

export const giveSecondFactor: Operation<typeof auth.routes.giveSecondFactor> = async (request) => {
  const found = await whoIsChallenged(request.body.challengeToken, 'two_factor');
  await proveSecondFactor(found, request.body.code, request);
  return { data: sessionAnswer(found, await startSession(found.tenantId, found.user, 'two_factor', request)) };
};

export const enrolAtLogIn: Operation<typeof auth.routes.enrolAtLogIn> = async (request) => {
  const { tenantId, user } = await whoIsChallenged(request.body.challengeToken, 'enrol');
  return { data: await beginEnrolment(sessionOf(tenantId, user, request), user) };
};

export const confirmAtLogIn: Operation<typeof auth.routes.confirmAtLogIn> = async (request) => {
  const found = await whoIsChallenged(request.body.challengeToken, 'enrol');
  const { tenantId, user } = found;
  const recoveryCodes = await confirmEnrolment(sessionOf(tenantId, user, request), user.id, request.body.code, request);
  const session = await startSession(tenantId, user, 'two_factor', request);
  return { data: { ...sessionAnswer(found, session), recoveryCodes } };
};

/** The person may have been banned, or may have logged out everywhere, since the first step. */
async function whoIsChallenged(token: string, step: ChallengeStep): Promise<FoundUser> {
  const { tenantId, userId, id } = await verifyChallenge(token, step, Date.now());
  const user = await openSession(tenantId).get(userEntity, { id: userId }, { consistent: true });
  if (user === undefined || isSessionOver(user, id)) throw new AppError('unauthenticated');
  await checkMayEnter(tenantId, user);
  return { tenantId, user };
}
