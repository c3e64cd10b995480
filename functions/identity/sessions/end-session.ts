/**
 * Ends log-ins, one or all. What counts at once is the person's row, which every access token and every refresh is held
 * against; the rows of sessions and refresh tokens follow it.
 */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { unlessChanged } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { updateAtomically } from '../../../layers/kernel/data/update-atomically.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { revoke } from '../tokens/refresh-token.ts';
import { type User, userEntity } from '../users/user-entity.ts';
import { type LogInSession, sessionEntity, sessionsOf } from './session-entity.ts';
import { withEndedSession } from './session-state.ts';

const maxAttempts = 10;

/** Ends one log-in of a person; one that is over already is no error. @returns whether it was still there */
export async function endSession(session: TenantSession, userId: string, id: string): Promise<boolean> {
  await revoke(id);
  await noteEnded(session, userId, id);
  return forget(session, userId, id);
}

async function forget(session: TenantSession, userId: string, id: string): Promise<boolean> {
  const stored = await session.get(sessionEntity, { userId, id }, { consistent: true });
  if (stored === undefined) return false;
  // Or somebody else ended it at the same moment.
  return unlessChanged(() => session.transact('identity', (unit) => unit.delete(sessionEntity, stored)));
}

async function noteEnded(session: TenantSession, userId: string, id: string): Promise<void> {
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    const user = await session.get(userEntity, { id: userId }, { consistent: true });
    if (user === undefined) return;
    const noted = await updateAtomically(
      session,
      userEntity,
      { id: userId },
      {
        update: 'SET endedSessions = :ended',
        condition:
          user.endedSessions === undefined
            ? 'attribute_exists(pk) AND attribute_not_exists(endedSessions)'
            : 'endedSessions = :before',
        values: {
          ':ended': withEndedSession(user.endedSessions, id, Date.now()),
          ...(user.endedSessions === undefined ? {} : { ':before': user.endedSessions }),
        },
      },
    );
    if (noted) return;
  }
  throw new AppError('unavailable', 'The list of ended sessions is contended.');
}

/** The change of the person's row that ends every log-in, but for one that may be kept. */
export function allSessionsEnded(nowIso: string, keptSessionId?: string) {
  return { tokensNotBefore: nowIso, keptSessionId: keptSessionId ?? null, endedSessions: null };
}

/** Clears up after `allSessionsEnded` was written. */
export async function forgetSessions(session: TenantSession, userId: string, keptSessionId?: string): Promise<void> {
  let cursor: string | undefined;
  do {
    const page = await session.query<LogInSession>(sessionEntity, {
      pk: sessionsOf(userId),
      limit: 50,
      cursor,
      consistent: true,
    });
    await Promise.all(
      page.items
        .filter(({ id }) => id !== keptSessionId)
        .map(async ({ id }) => {
          await revoke(id);
          await forget(session, userId, id);
        }),
    );
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
}

/** Log-out everywhere. */
export async function endAllSessions(
  session: TenantSession,
  user: User & Stored,
  keptSessionId?: string,
): Promise<void> {
  await session.transact('identity', (unit) =>
    unit.update(userEntity, user, allSessionsEnded(session.context.now(), keptSessionId)),
  );
  await forgetSessions(session, user.id, keptSessionId);
}
