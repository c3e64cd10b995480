/** Lambda entry of `/api/v1/users`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { registerEmployee } from './register-employee.ts';
import { registerOwner } from './register-owner.ts';
import { signUp } from './routes.ts';
import { verifyEmail } from './verify-email.ts';

export const handler = serve(
  signUp,
  { registerOwner, registerEmployee, verifyEmail },
  // Each registration makes rows that stay: an office signs up, a script does not.
  { publicLimits: { registerOwner: { perMinute: 5, perDay: 30 }, registerEmployee: { perMinute: 20, perDay: 200 } } },
);
