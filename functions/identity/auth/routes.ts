/** Log-in, refresh and log-out. Bodies are as the product's documents show them. */
import * as z from 'zod/mini';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { label } from '../../../layers/kernel/schema/common.ts';
import { credentialsSchema, emailAddress } from '../log-in-names/name-fields.ts';
import { binSchema } from '../organizations/bin-entity.ts';
import { enrolment, factorCode } from '../two-factor/routes.ts';
import { chosenPassword } from '../users/password-fields.ts';
import { challenged, loggedIn, refreshTokenBody, tokens } from './answers.ts';

const challengeToken = z.string().check(z.minLength(1), z.maxLength(2000));
const secondStep = { method: 'POST', access: 'public', status: 200 } as const;
/** These tell who is registered, as the documents want it; a network may ask seldom. */
const check = { method: 'POST', access: 'public', status: 200, errors: ['rate_limited'] } as const;

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
    giveSecondFactor: {
      ...secondStep,
      path: '/two-factor',
      summary: 'Second step of a log-in: a code of the app, or a recovery code.',
      body: z.object({ challengeToken, code: factorCode() }),
      envelope: false,
      response: loggedIn,
      errors: ['unauthenticated', 'invalid_code', 'forbidden', 'rate_limited'],
    },
    enrolAtLogIn: {
      ...secondStep,
      path: '/two-factor/enrol',
      summary: 'Set up the second factor that the tenant asks for, before the first log-in with it.',
      body: z.object({ challengeToken }),
      response: enrolment,
      errors: ['unauthenticated', 'conflict', 'forbidden', 'rate_limited'],
    },
    confirmAtLogIn: {
      ...secondStep,
      path: '/two-factor/confirm',
      summary: 'Finish the set-up with a code of the app: logs in and answers recovery codes, once.',
      body: z.object({ challengeToken, code: factorCode() }),
      envelope: false,
      response: z.extend(loggedIn, { recoveryCodes: z.array(z.string()) }),
      errors: ['unauthenticated', 'invalid_code', 'conflict', 'forbidden', 'rate_limited'],
    },
    checkEmail: {
      ...check,
      path: '/check-email',
      summary: 'Whether an e-mail has an account: the first step of a registration.',
      body: z.object({ email: emailAddress() }),
      response: z.object({ email: z.string(), exists: z.boolean() }),
    },
    checkBin: {
      ...check,
      path: '/check-bin',
      summary: 'Whether a company is registered under a BIN: the second step of an owner’s registration.',
      body: z.object({ bin: binSchema() }),
      response: z.object({
        bin: z.string(),
        exists: z.boolean(),
        /** Whether the control digit fits; numbers that do not are taken all the same. */
        hasControlDigit: z.boolean(),
      }),
    },
    checkBinForEmployee: {
      ...check,
      path: '/check-bin-employee',
      summary: 'Which organisation has a BIN: the first step of an employee’s registration.',
      body: z.object({ bin: binSchema() }),
      response: z.object({
        bin: z.string(),
        exists: z.boolean(),
        organizationId: z.nullable(z.string()),
        organizationName: z.nullable(z.string()),
      }),
    },
    acceptInvitation: {
      method: 'POST',
      path: '/accept-invitation',
      access: 'public',
      summary: 'Accept an invitation: choose a password and be logged in.',
      body: z.object({
        token: z.string().check(z.minLength(1), z.maxLength(200)),
        password: chosenPassword(),
        name: z.optional(label()),
      }),
      status: 200,
      envelope: false,
      response: z.union([loggedIn, challenged]),
      errors: ['invalid_code', 'forbidden', 'rate_limited'],
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
