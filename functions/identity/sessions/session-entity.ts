/** A log-in of a person on a device, as they see it in their list; the refresh token's family has the same id. */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';

export const logInMethods = ['password', 'code', 'two_factor', 'invitation'] as const;
export type LogInMethod = (typeof logInMethods)[number];

export interface LogInSession {
  id: string;
  userId: string;
  method: LogInMethod;
  /** The `User-Agent` of the log-in. */
  device: string;
  clientIp: string;
  lastUsedAt: string;
  lastUsedIp: string;
  /** Milliseconds since the epoch. */
  validUntil: number;
}

export const sessionEntity = defineEntity<LogInSession, { userId: string; id: string }>()({
  name: 'session',
  table: 'identity',
  key: ({ userId, id }) => ({ pk: ['SESSION', userId], sk: [id] }),
  idOf: ({ id }) => id,
  expiresAt: ({ validUntil }) => Math.ceil(validUntil / 1000),
});

export const sessionsOf = (userId: string) => ['SESSION', userId] as const;
