/** Log-in, refresh and log-out. Bodies are as the product's documents show them. */
import * as z from 'zod/mini';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { credentialsSchema } from '../log-in-names/find-user.ts';
import { challenged, loggedIn, refreshTokenBody, tokens } from './answers.ts';

export const auth = defineResource({
  name: 'auth',
  base: '/api/v1/auth',
  title: 'Log-in',
  routes: {
    login: {
      method: 'POST',
      path: '/login',
      access: 'public',
      summary: 'Log in with e-mail, phone or user name, and password.',
      description:
        'The access token lives 15 minutes; use the refresh token to get the next pair. Send it as `Authorization: Bearer …`. Who has a second factor gets `challengeToken` instead of tokens, and goes on at `/two-factor`.',
      body: credentialsSchema,
      status: 200,
      envelope: false,
      response: z.union([loggedIn, challenged]),
      errors: ['invalid_credentials', 'forbidden', 'rate_limited'],
    },
    refreshSession: {
      method: 'POST',
      path: '/refresh',
      access: 'public',
      summary: 'Exchange a refresh token for new tokens.',
      description: 'Every use gives a new refresh token. Using an old one again ends the log-in.',
      body: refreshTokenBody,
      status: 200,
      envelope: false,
      response: tokens,
      errors: ['unauthenticated', 'forbidden', 'rate_limited'],
    },
    logout: {
      method: 'POST',
      path: '/logout',
      access: 'public',
      summary: 'End a log-in.',
      body: refreshTokenBody,
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
