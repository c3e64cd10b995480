/** Settings of the functions that reach or check addresses of webhooks and providers, read at the first need. */
import * as z from 'zod/mini';
import { defineConfig } from '../../layers/kernel/config/define-config.ts';
import type { AddressPolicy } from '../../layers/webhooks/address-policy.ts';

const schema = z.object({
  /** Opens loopback addresses to webhooks, for receivers under development on the same machine. */
  ALLOW_LOOPBACK_WEBHOOKS: z._default(z.enum(['true', 'false']), 'false'),
  /** Networks of the utility's own, separated by commas, that calls of providers may reach. */
  PRIVATE_PROVIDER_NETWORKS: z._default(z.string(), ''),
});

let policy: AddressPolicy | undefined;

export function addressPolicy(): AddressPolicy {
  policy ??= Object.freeze({ allowLoopback: defineConfig(schema).ALLOW_LOOPBACK_WEBHOOKS === 'true' });
  return policy;
}

let forProviders: AddressPolicy | undefined;

/** What providers may be reached at: webhooks of partners never lead into the utility's own networks. */
export function providerAddressPolicy(): AddressPolicy {
  if (forProviders === undefined) {
    const openNetworks = defineConfig(schema).PRIVATE_PROVIDER_NETWORKS.split(',').filter(Boolean);
    forProviders = Object.freeze({ ...addressPolicy(), openNetworks });
  }
  return forProviders;
}
