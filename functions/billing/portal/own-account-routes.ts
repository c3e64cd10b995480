/** Routes of a customer's own record: profile, linked accounts, how to be written to, devices for push messages. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import type { Routes } from '../../../layers/kernel/http/route.ts';
import { changesOf } from '../../../layers/kernel/schema/change-schema.ts';
import { externalId, generatedId, label, utcTime } from '../../../layers/kernel/schema/common.ts';
import { createCustomerSchema, customerSchema } from '../customers/customer-schema.ts';
import { deviceSchema, newDeviceSchema } from '../push/push-device-entity.ts';

/** Chooses among the caller's accounts; without it the one that was linked first. */
export const ownAccount = z.object({ account: z.optional(externalId()) });

/** What customers may see and change of their own record. */
const profileSchema = storedSchema(
  z.pick(customerSchema, {
    id: true,
    accountNumber: true,
    name: true,
    nameAr: true,
    type: true,
    phone: true,
    email: true,
    address: true,
    language: true,
    channels: true,
    status: true,
  }),
);

const preferences = { language: true, channels: true, refusedChannels: true, refusedMessages: true } as const;
const linkSchema = z.object({
  customerId: z.string(),
  accountNumber: z.string(),
  name: z.string(),
  /** Meant when a request names no account. */
  isDefault: z.boolean(),
  linkedAt: utcTime(),
});

export const ownAccountRoutes = {
  getOwnCustomer: {
    method: 'GET',
    path: '/profile',
    access: 'portal:profile:read',
    summary: 'Your own record, what you owe and what you have paid ahead.',
    query: ownAccount,
    response: z.extend(profileSchema, {
      balances: z.array(z.object({ currency: z.string(), balance: z.string(), advance: z.string() })),
      meters: z.array(
        z.object({
          supplyId: z.string(),
          meterId: z.string(),
          mode: z.enum(['postpaid', 'prepaid']),
          from: z.string(),
          to: z.optional(z.string()),
        }),
      ),
    }),
    errors: ['not_found'],
  },
  updateOwnCustomer: {
    method: 'PUT',
    path: '/profile',
    access: 'portal:profile:write',
    summary: 'Change how you are reached. Name and address are changed by the utility.',
    description:
      'A phone or e-mail must be one you confirmed as your own before: ask for a code at `/api/auth/change-address` and give it at `/api/auth/confirm-address`.',
    query: ownAccount,
    body: changesOf(z.pick(createCustomerSchema, { phone: true, email: true, language: true, channels: true })),
    response: profileSchema,
    errors: ['version_conflict', 'not_found', 'unprocessable'],
  },
  getOwnPreferences: {
    method: 'GET',
    path: '/notifications',
    access: 'portal:profile:read',
    summary: 'In which language and on which channels you are written to.',
    query: ownAccount,
    response: z.pick(customerSchema, preferences),
    errors: ['not_found'],
  },
  updateOwnPreferences: {
    method: 'PUT',
    path: '/notifications',
    access: 'portal:profile:write',
    summary: 'Choose language, channels, and which messages you do not want; bills and warnings always come.',
    query: ownAccount,
    body: changesOf(z.pick(createCustomerSchema, preferences)),
    response: z.pick(customerSchema, preferences),
    errors: ['version_conflict', 'not_found'],
  },
  listOwnAccounts: {
    method: 'GET',
    path: '/accounts',
    access: 'portal:links:read',
    summary: 'The accounts you act for; name one as `account` in the query of any request.',
    response: z.array(linkSchema),
  },
  requestAccountLink: {
    method: 'POST',
    path: '/accounts',
    access: 'portal:links:write',
    summary: 'Ask to act for an account: a code goes to the phone the utility has of it.',
    description:
      'The answer is the same whether the account exists or not. The code lives ten minutes and can be tried five times.',
    body: z.object({ accountNumber: externalId() }),
    response: z.object({ message: z.string(), expiresInSeconds: z.int() }),
    status: 202,
    idempotent: false,
    errors: ['rate_limited', 'forbidden'],
  },
  confirmAccountLink: {
    method: 'POST',
    path: '/accounts/confirm',
    access: 'portal:links:write',
    summary: 'Link the account with the code.',
    body: z.object({ accountNumber: externalId(), code: z.string().check(z.regex(/^\d{6}$/)) }),
    response: linkSchema,
    idempotent: false,
    errors: ['invalid_code', 'rate_limited', 'forbidden', 'conflict'],
  },
  unlinkAccount: {
    method: 'DELETE',
    path: '/accounts/{customerId}',
    access: 'portal:links:write',
    summary: 'Stop acting for an account.',
    params: z.object({ customerId: generatedId('cus') }),
    errors: ['not_found', 'version_conflict'],
  },
  listOwnDevices: {
    method: 'GET',
    path: '/devices',
    access: 'portal:devices:read',
    summary: 'Your devices that take push messages.',
    response: z.array(deviceSchema),
  },
  registerOwnDevice: {
    method: 'POST',
    path: '/devices',
    access: 'portal:devices:write',
    summary: 'Register a device for push messages, or say again that it is there.',
    body: newDeviceSchema,
    response: deviceSchema,
    idempotent: false,
    errors: ['conflict', 'forbidden'],
  },
  removeOwnDevice: {
    method: 'DELETE',
    path: '/devices/{deviceId}',
    access: 'portal:devices:write',
    summary: 'Take a device off the list.',
    params: z.object({ deviceId: label(64) }),
    errors: ['not_found', 'version_conflict'],
  },
} as const satisfies Routes;
