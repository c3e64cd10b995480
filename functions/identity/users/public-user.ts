/** What others may see of a user: everything but the secrets, in answers and in events alike. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { type User, userStatuses } from './user-entity.ts';

export const publicUserSchema = storedSchema(
  z.object({
    id: z.string(),
    email: z.optional(z.string()),
    /** E.164. */
    phone: z.optional(z.string()),
    username: z.optional(z.string()),
    name: z.string(),
    firstName: z.optional(z.string()),
    lastName: z.optional(z.string()),
    position: z.optional(z.string()),
    age: z.optional(z.int()),
    address: z.optional(z.string()),
    avatar: z.optional(z.string()),
    subscriptionActive: z.optional(z.boolean()),
    subscriptionExpiresAt: z.optional(z.string()),
    roles: z.array(z.string()),
    workspaces: z.array(z.string()),
    status: z.enum(userStatuses),
    statusReason: z.optional(z.string()),
    deletedAt: z.optional(z.string()),
    emailVerifiedAt: z.optional(z.string()),
    phoneVerifiedAt: z.optional(z.string()),
    passwordChangedAt: z.optional(z.string()),
    mustChangePassword: z.optional(z.boolean()),
    locale: z.enum(['en', 'ar', 'fa', 'ru']),
    twoFactorEnabled: z.boolean(),
  }),
);

export type PublicUser = z.infer<typeof publicUserSchema>;

export function publicUser(user: User & Stored): PublicUser {
  const {
    passwordHash: _,
    twoFactor,
    tokensNotBefore: _notBefore,
    keptSessionId: _kept,
    endedSessions: _ended,
    knownNetworks: _networks,
    ...shown
  } = user;
  return { ...shown, twoFactorEnabled: twoFactor?.enabledAt !== undefined };
}
