/** Settings of the identity functions. */
import * as z from 'zod/mini';
import { defineConfig } from '../../layers/kernel/config/define-config.ts';
import { phoneCountries } from './log-in-names/phone-number.ts';

export const config = defineConfig(
  z.object({
    /** Tenant of devices without credentials; set on a development machine only. */
    ANONYMOUS_DEVICE_TENANT: z.optional(z.string()),
    /** Tenant whose users sign themselves up; without it nobody can. */
    PUBLIC_SIGN_UP_TENANT: z.optional(z.string()),
    /** Country of phone numbers written without one. */
    PHONE_COUNTRY: z.optional(z.enum(phoneCountries)),
  }),
);
