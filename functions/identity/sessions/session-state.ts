/**
 * Whether a log-in is over, from the person's row alone: the authorizer reads that row anyway, so ending a log-in works
 * on its access tokens too, without a second read per request.
 */
import { timeOfId } from '../../../layers/kernel/ids.ts';
import { accessTokenSeconds } from '../tokens/access-token.ts';
import type { EndedSession, User } from '../users/user-entity.ts';

/** @param sessionId as the access token names it; its time is the log-in's */
export function isSessionOver(
  user: Pick<User, 'tokensNotBefore' | 'keptSessionId' | 'endedSessions'>,
  sessionId: string,
): boolean {
  if (user.endedSessions?.some(({ id }) => id === sessionId)) return true;
  if (user.tokensNotBefore === undefined || user.keptSessionId === sessionId) return false;
  const startedMs = timeOfId(sessionId);
  // What is no id of ours has no time; it is never a log-in that began after anything.
  return !(startedMs >= Date.parse(user.tokensNotBefore));
}

/** The list with one more, without those whose access tokens have run out by now. */
export function withEndedSession(ended: readonly EndedSession[] = [], id: string, nowMs: number): EndedSession[] {
  const current = ended.filter((each) => Date.parse(each.endedAt) > nowMs - accessTokenSeconds * 1000);
  return [...current.filter((each) => each.id !== id), { id, endedAt: new Date(nowMs).toISOString() }];
}
