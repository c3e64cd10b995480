/** Refresh at the address that the document of campaigns has for it. */
import * as z from 'zod/mini';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { refreshTokenBody } from '../auth/answers.ts';

export const tokenRefresh = defineResource({
  name: 'token-refresh',
  base: '/api/refresh',
  title: 'Token refresh',
  routes: {
    refreshAccessToken: {
      method: 'POST',
      path: '/token',
      access: 'public',
      status: 200,
      summary: 'Exchange a refresh token for new tokens.',
      description:
        'Every use gives a new refresh token beside the access token; keep it, since using an old one again ends the log-in.',
      body: refreshTokenBody,
      envelope: false,
      response: z.object({ success: z.literal(true), accessToken: z.string(), refreshToken: z.string() }),
      errors: ['unauthenticated', 'forbidden', 'rate_limited'],
    },
  },
});
