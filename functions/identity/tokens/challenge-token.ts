/**
 * What a log-in with a second factor gets for its password: proof of the first step, good for five minutes and for
 * nothing but the second. It has a type and an audience of its own, so it opens no route of the API.
 */
import { jwtVerify } from 'jose';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { keyOf } from './access-token.ts';
import { issuer, signToken } from './signed-token.ts';
import { loadSigningKeys } from './signing-key.ts';

export const challengeSeconds = 5 * 60;
const kind = { type: 'challenge+jwt', audience: 'mizan-log-in', seconds: challengeSeconds };

export const challengeSteps = ['two_factor', 'enrol'] as const;
/** Whether the person has a second factor to give, or must set one up first. */
export type ChallengeStep = (typeof challengeSteps)[number];

export interface Challenge {
  userId: string;
  tenantId: string;
  step: ChallengeStep;
  /** Tells when the first step was. */
  id: string;
}

export function issueChallenge(
  { userId: sub, tenantId: tid, step }: Omit<Challenge, 'id'>,
  nowMs: number,
): Promise<string> {
  return signToken(kind, { sub, tid, step }, nowMs);
}

/** @throws AppError `unauthenticated` for anything but a current challenge of this step, whatever is wrong with it */
export async function verifyChallenge(token: string, step: ChallengeStep, nowMs: number): Promise<Challenge> {
  const { accepted } = await loadSigningKeys(nowMs);
  try {
    const { payload } = await jwtVerify(token, ({ kid }) => keyOf(accepted, kid), {
      algorithms: ['ES256'],
      issuer,
      audience: kind.audience,
      typ: kind.type,
      currentDate: new Date(nowMs),
      requiredClaims: ['sub', 'tid', 'step', 'exp', 'jti'],
    });
    if (payload['step'] !== step) throw new Error('The challenge is for another step.');
    return { userId: payload.sub!, tenantId: String(payload['tid']), step, id: String(payload.jti) };
  } catch (cause) {
    throw new AppError('unauthenticated', undefined, {
      cause,
      texts: { en: 'Begin the log-in again.', ar: 'ابدأ تسجيل الدخول من جديد.' },
    });
  }
}
