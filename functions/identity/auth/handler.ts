/** Lambda entry of `/api/v1/auth`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { acceptInvitation } from '../invitations/accept-invitation.ts';
import { logOut } from '../sessions/log-out.ts';
import { checkBin, checkBinForEmployee, checkEmail } from '../sign-up/check-registered.ts';
import { confirmAtLogIn, enrolAtLogIn, giveSecondFactor } from '../two-factor/second-step.ts';
import { logIn } from './log-in.ts';
import { refreshTokens } from './refresh-session.ts';
import { auth } from './routes.ts';

// A refresh token cannot be guessed, and a whole office behind one address refreshes all day.
const often = { perMinute: 300, perDay: 50_000 };
// Each of these answers whether somebody is registered: enough for an office that signs up, too little for a list.
const seldom = { perMinute: 10, perDay: 60 };

export const handler = serve(
  auth,
  {
    ...{ login: logIn, giveSecondFactor, enrolAtLogIn, confirmAtLogIn, acceptInvitation },
    ...{ checkEmail, checkBin, checkBinForEmployee },
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
  {
    publicLimits: {
      ...{ refreshSession: often, logout: often },
      ...{ checkEmail: seldom, checkBin: seldom, checkBinForEmployee: seldom },
    },
  },
);
