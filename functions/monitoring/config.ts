/** Settings of the monitoring functions, read at the first need. */
import * as z from 'zod/mini';
import { defineConfig } from '../../layers/kernel/config/define-config.ts';
import type { AddressPolicy } from '../../layers/webhooks/address-policy.ts';

const schema = z.object({
  /** Opens loopback addresses to webhook actions, for receivers under development on the same machine. */
  ALLOW_LOOPBACK_WEBHOOKS: z._default(z.enum(['true', 'false']), 'false'),
  /** Tenant of the people who run the installation: its alerts go to them. */
  OPERATOR_TENANT: z.optional(z.string()),
  /** Ids of the HTTP APIs, separated by spaces. */
  HTTP_API_IDS: z._default(z.string(), ''),
});

const read = () => defineConfig(schema);

export const addressPolicy = (): AddressPolicy => ({ allowLoopback: read().ALLOW_LOOPBACK_WEBHOOKS === 'true' });
export const operatorTenant = (): string | undefined => read().OPERATOR_TENANT;
export const httpApiIds = (): string[] => read().HTTP_API_IDS.split(' ').filter(Boolean);
