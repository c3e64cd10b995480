/** Settings of the functions that reach or check webhook addresses, read at the first need. */
import * as z from 'zod/mini';
import { defineConfig } from '../../layers/kernel/config/define-config.ts';
import type { AddressPolicy } from '../../layers/webhooks/address-policy.ts';

const schema = z.object({
  /** Opens loopback addresses to webhooks, for receivers under development on the same machine. */
  ALLOW_LOOPBACK_WEBHOOKS: z._default(z.enum(['true', 'false']), 'false'),
});

let policy: AddressPolicy | undefined;

export function addressPolicy(): AddressPolicy {
  policy ??= Object.freeze({ allowLoopback: defineConfig(schema).ALLOW_LOOPBACK_WEBHOOKS === 'true' });
  return policy;
}
