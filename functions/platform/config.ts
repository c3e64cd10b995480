/** Settings of the functions that reach or check webhook addresses. */
import * as z from 'zod/mini';
import { defineConfig } from '../../layers/kernel/config/define-config.ts';

const config = defineConfig(
  z.object({
    /** Opens loopback addresses to webhooks, for receivers under development on the same machine. */
    ALLOW_LOOPBACK_WEBHOOKS: z._default(z.enum(['true', 'false']), 'false'),
  }),
);

export const addressPolicy = Object.freeze({ allowLoopback: config.ALLOW_LOOPBACK_WEBHOOKS === 'true' });
