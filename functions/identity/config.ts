/** Settings of the identity functions. */
import * as z from 'zod/mini';
import { defineConfig } from '../../layers/kernel/config/define-config.ts';

export const config = defineConfig(
  z.object({
    /** Tenant of devices without credentials; set on a development machine only. */
    ANONYMOUS_DEVICE_TENANT: z.optional(z.string()),
  }),
);
