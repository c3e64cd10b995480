/** Lambda entry of `/api/v1/auth`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { logOut } from '../sessions/log-out.ts';
import { logIn } from './log-in.ts';
import { refreshTokens } from './refresh-session.ts';
import { auth } from './routes.ts';

export const handler = serve(
  auth,
  {
    login: logIn,
    refreshSession: async (request) => ({ data: await refreshTokens(request.body.refreshToken, request) }),
    logout: async (request) => {
      await logOut(request.body.refreshToken, request);
      return { data: { success: true as const } };
    },
    getOwnProfile: async ({ principal }) => {
      const { subject, kind, name, tenantId, permissions } = principal;
      return { data: { id: subject, kind, name, tenantId, permissions } };
    },
  },
  // A refresh token cannot be guessed, and a whole office behind one address refreshes all day.
  { publicLimits: { refreshSession: { perMinute: 300, perDay: 50_000 }, logout: { perMinute: 300, perDay: 50_000 } } },
);
