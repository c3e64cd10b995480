/** Registration of companies and their employees. Request bodies are as the product's documents show them. */
import * as z from 'zod/mini';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { label } from '../../../layers/kernel/schema/common.ts';
import { emailAddress } from '../log-in-names/name-fields.ts';
import { otpCode } from '../one-time-codes/otp-fields.ts';
import { binSchema } from '../organizations/bin-entity.ts';
import { chosenPassword } from '../users/password-fields.ts';

const person = { email: emailAddress(), password: chosenPassword(), firstName: label(100), lastName: label(100) };
const post = { method: 'POST', access: 'public' } as const;
const silence =
  'The answer is the same when the e-mail has an account already; who has it is told by a message, and nothing is made.';

export const signUp = defineResource({
  name: 'sign-up',
  base: '/api/v1/users',
  title: 'Registration',
  routes: {
    registerOwner: {
      ...post,
      path: '/register-owner',
      summary: 'Register a company with its owner, who gets in after confirming the e-mail.',
      description: silence,
      body: z.object({ ...person, bin: binSchema(), companyName: label() }),
      response: z.object({ email: z.string(), status: z.literal('pending'), next: z.literal('verify-email') }),
      errors: ['already_exists', 'rate_limited'],
    },
    registerEmployee: {
      ...post,
      path: '/register-employee',
      summary: 'Ask to join an organisation, whose owner approves.',
      description: silence,
      body: z.object({
        ...person,
        organizationId: z.string().check(z.minLength(1), z.maxLength(64)),
        position: z.optional(label(100)),
      }),
      response: z.object({
        email: z.string(),
        organizationId: z.string(),
        status: z.literal('pending'),
        next: z.literal('approval'),
      }),
      errors: ['not_found', 'rate_limited'],
    },
    verifyEmail: {
      ...post,
      path: '/verify-email',
      status: 200,
      summary: 'Confirm an e-mail with the code sent to it; an owner who registered gets in from now on.',
      body: z.object({ email: emailAddress(), code: otpCode() }),
      response: z.object({ email: z.string(), verified: z.literal(true) }),
      errors: ['invalid_code', 'rate_limited'],
    },
  },
});
