/** Finds providers: what is known of them is at hand, their code is loaded when one is called. */

import { providerCatalogue } from '../../../layers/integrations/adapters/catalogue.ts';
import { loadProvider as loadAdapter } from '../../../layers/integrations/adapters/index.ts';
import { guardProvider } from '../../../layers/integrations/guard-provider.ts';
import type { ProviderAbout, ProviderDefinition, ProviderKind } from '../../../layers/integrations/provider.ts';

const installed = new Map<string, ProviderDefinition<any>>();

/** Adds a provider that the product has no adapter of: one a test speaks for. */
export function installProvider(definition: ProviderDefinition<any>): void {
  installed.set(definition.provider, guardProvider(definition));
}

export function knownProviders(): ProviderAbout[] {
  return [...providerCatalogue, ...installed.values()];
}

export function findAbout(provider: string): ProviderAbout | undefined {
  return knownProviders().find((about) => about.provider === provider);
}

/** The guarded adapter. */
export async function loadProvider(provider: string): Promise<ProviderDefinition<any> | undefined> {
  return installed.get(provider) ?? (await loadAdapter(provider));
}

export function providersOfKind(kind: ProviderKind): Set<string> {
  return new Set(knownProviders().flatMap((about) => (about.kind === kind ? [about.provider] : [])));
}
