/** A session in which a person acts on themselves before any authorizer named them: a log-in, a reset, an acceptance. */
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import type { User } from '../users/user-entity.ts';

/** What a public request tells about its caller. */
export interface Caller {
  clientIp: string;
  userAgent: string;
  correlationId: string;
}

export function sessionOf(tenantId: string, user: Pick<User, 'id' | 'email' | 'name'>, caller: Caller): TenantSession {
  const { clientIp, userAgent, correlationId } = caller;
  return openSession(tenantId, {
    actor: { id: user.id, kind: 'user', name: user.email ?? user.name },
    clientIp,
    userAgent,
    correlationId,
  });
}
