/** Lambda entry of `/api/auth`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { accountOperations } from './operations.ts';
import { account } from './routes.ts';

export const handler = serve(account, accountOperations, {
  // Of one network. Codes cost money to send; checking them is bound by the codes' own tries.
  publicLimits: { requestOtp: { perMinute: 20, perDay: 300 }, verifyOtp: { perMinute: 60, perDay: 2000 } },
});
