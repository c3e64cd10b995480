/** Bodies that log-ins answer with, as the product's documents show them; two-step log-ins add the second form. */
import * as z from 'zod/mini';
import { challengeSteps } from '../tokens/challenge-token.ts';

export const tokens = z.object({
  success: z.literal(true),
  accessToken: z.string(),
  refreshToken: z.string(),
  /** Seconds. */
  expiresIn: z.int(),
});

export const loggedIn = z.extend(tokens, {
  userId: z.string(),
  workspaceId: z.nullable(z.string()),
  organizationId: z.string(),
  organizationRole: z.enum(['owner', 'admin', 'employee']),
  /** Somebody else set the password: until it is changed nothing that needs a permission is open. */
  mustChangePassword: z.optional(z.literal(true)),
});

export const challenged = z.object({
  success: z.literal(true),
  twoFactorRequired: z.literal(true),
  /** `enrol`: the person must set up a second factor first. */
  step: z.enum(challengeSteps),
  challengeToken: z.string(),
  /** Seconds. */
  expiresIn: z.int(),
});

/** For routes whose documented answer is a sentence. */
export const said = z.object({ success: z.literal(true), message: z.string() });

export const refreshTokenBody = z.object({ refreshToken: z.string().check(z.minLength(1), z.maxLength(200)) });
