/** Signing up by oneself, log-in and the own profile, as the document of campaigns has them. */
import * as z from 'zod/mini';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { fieldMessage } from '../../../layers/kernel/i18n/field-message.ts';
import { label } from '../../../layers/kernel/schema/common.ts';
import { challenged, said } from '../auth/answers.ts';
import { credentialsSchema, emailAddress } from '../log-in-names/name-fields.ts';
import { writtenPhone } from '../log-in-names/phone-number.ts';
import { otpChannels, otpCode, otpTarget } from '../one-time-codes/otp-fields.ts';
import { chosenPassword } from '../users/password-fields.ts';
import { publicUserSchema } from '../users/public-user.ts';

const person = {
  name: label(),
  email: z.optional(emailAddress()),
  phone: z.optional(writtenPhone()),
  password: chosenPassword(),
};
const needsAddress = fieldMessage('Give an e-mail or a phone.', 'أعطِ بريدًا إلكترونيًا أو هاتفًا.');

const profile = z.extend(publicUserSchema, { role: z.enum(['USER', 'ADMIN', 'SUPER_ADMIN']) });

const userLoggedIn = z.object({
  success: z.literal(true),
  message: z.string(),
  accessToken: z.string(),
  refreshToken: z.string(),
  user: z.object({ id: z.string(), name: z.string(), email: z.nullable(z.string()), role: profile.shape.role }),
});

/** Bodies hold passwords and answers hold tokens, which are not kept for repetitions. */
const open = { method: 'POST', access: 'public', envelope: false } as const;
const silence =
  'The answer is the same when an address has an account already; who has it is told by a message. Then log in.';

export const selfService = defineResource({
  name: 'self-service',
  base: '/api/user',
  title: 'Self-service',
  routes: {
    registerWithOtp: {
      ...open,
      path: '/register',
      summary: 'Sign up with a code of the purpose `REGISTER`, sent to the phone or the e-mail.',
      description: silence,
      body: z
        .object({ ...person, otpCode: otpCode() })
        .check(z.refine(({ email, phone }) => (email ?? phone) !== undefined, needsAddress)),
      response: said,
      errors: ['invalid_code', 'forbidden', 'rate_limited'],
    },
    registerSimple: {
      ...open,
      path: '/register-simple',
      summary: 'Sign up without a code; the address is confirmed later.',
      description: silence,
      body: z.object(person).check(z.refine(({ email, phone }) => (email ?? phone) !== undefined, needsAddress)),
      response: said,
      errors: ['forbidden', 'rate_limited'],
    },
    logInUser: {
      ...open,
      path: '/login',
      status: 200,
      summary: 'Log in with e-mail, phone or user name, and password.',
      body: credentialsSchema,
      response: z.union([userLoggedIn, z.extend(challenged, { message: z.string() })]),
      errors: ['invalid_credentials', 'forbidden', 'rate_limited'],
    },
    logInByCode: {
      ...open,
      path: '/login-otp',
      status: 200,
      summary: 'Log in with a code of the purpose `LOGIN`, where the tenant allows it.',
      body: z.object({ target: otpTarget(), channel: z.enum(otpChannels), code: otpCode() }),
      response: z.union([userLoggedIn, z.extend(challenged, { message: z.string() })]),
      errors: ['invalid_code', 'forbidden', 'rate_limited'],
    },
    getProfile: {
      method: 'GET',
      path: '/profile',
      access: 'authenticated',
      summary: 'Your own profile.',
      response: profile,
      errors: ['forbidden'],
    },
    updateProfile: {
      method: 'POST',
      path: '/profile',
      access: 'authenticated',
      status: 200,
      summary: 'Change your own profile; fields left out stay as they are.',
      body: z.object({
        name: z.optional(label()),
        firstName: z.optional(label(100)),
        lastName: z.optional(label(100)),
        age: z.optional(z.int().check(z.gte(0), z.lte(150))),
        address: z.optional(label(500)),
        avatar: z.optional(z.url().check(z.maxLength(1000))),
        locale: z.optional(z.enum(['en', 'ar', 'fa', 'ru'])),
      }),
      idempotent: false,
      response: profile,
      errors: ['version_conflict', 'forbidden'],
    },
  },
});
