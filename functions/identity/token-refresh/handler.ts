/** Lambda entry of `/api/refresh`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { refreshTokens } from '../auth/refresh-session.ts';
import { tokenRefresh } from './routes.ts';

export const handler = serve(
  tokenRefresh,
  {
    refreshAccessToken: async (request) => {
      const { success, accessToken, refreshToken } = await refreshTokens(request.body.refreshToken, request);
      return { data: { success, accessToken, refreshToken } };
    },
  },
  // A refresh token cannot be guessed, and a whole office behind one address refreshes all day.
  { publicLimits: { refreshAccessToken: { perMinute: 300, perDay: 50_000 } } },
);
