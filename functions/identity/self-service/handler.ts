/** Lambda entry of `/api/user`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { logInByCode, logInUser } from './log-in.ts';
import { getProfile, updateProfile } from './profile.ts';
import { registerSimple, registerWithOtp } from './register.ts';
import { selfService } from './routes.ts';

export const handler = serve(
  selfService,
  { registerWithOtp, registerSimple, logInUser, logInByCode, getProfile, updateProfile },
  // Each account stays; without a code in front, fewer still.
  { publicLimits: { registerWithOtp: { perMinute: 20, perDay: 200 }, registerSimple: { perMinute: 5, perDay: 50 } } },
);
