/** Log-in, refresh and log-out. Bodies are as the product's documents show them. */
import * as z from 'zod/mini';
import { defineResource } from '../../../layers/kernel/http/route.ts';

const credentials = z.object({
  email: z.string().check(z.email(), z.maxLength(254)),
  password: z.string().check(z.minLength(1), z.maxLength(256)),
});

const refreshToken = z.object({ refreshToken: z.string().check(z.minLength(1), z.maxLength(200)) });

export const auth = defineResource({
  name: 'auth',
  base: '/api/v1/auth',
  title: 'Log-in',
  routes: {
    login: {
      method: 'POST',
      path: '/login',
      access: 'public',
      summary: 'Log in with e-mail and password.',
      description:
        'The access token lives 15 minutes; use the refresh token to get the next pair. Send it as `Authorization: Bearer …`.',
      body: credentials,
      status: 200,
      envelope: false,
      response: z.object({
        success: z.literal(true),
        accessToken: z.string(),
        refreshToken: z.string(),
        /** Seconds. */
        expiresIn: z.int(),
        userId: z.string(),
        workspaceId: z.nullable(z.string()),
        organizationId: z.string(),
        organizationRole: z.enum(['owner', 'admin', 'employee']),
      }),
      errors: ['invalid_credentials', 'forbidden', 'rate_limited'],
    },
    refreshSession: {
      method: 'POST',
      path: '/refresh',
      access: 'public',
      summary: 'Exchange a refresh token for new tokens.',
      description: 'Every use gives a new refresh token. Using an old one again ends the log-in.',
      body: refreshToken,
      status: 200,
      envelope: false,
      response: z.object({
        success: z.literal(true),
        accessToken: z.string(),
        refreshToken: z.string(),
        expiresIn: z.int(),
      }),
      errors: ['unauthenticated', 'forbidden', 'rate_limited'],
    },
    logout: {
      method: 'POST',
      path: '/logout',
      access: 'public',
      summary: 'End a log-in.',
      body: refreshToken,
      status: 200,
      envelope: false,
      response: z.object({ success: z.literal(true) }),
      errors: ['rate_limited'],
    },
    getOwnProfile: {
      method: 'GET',
      path: '/me',
      access: 'authenticated',
      summary: 'Who the credential belongs to and what it may do.',
      response: z.object({
        id: z.string(),
        kind: z.string(),
        name: z.string(),
        tenantId: z.string(),
        permissions: z.array(z.string()),
      }),
    },
  },
});
