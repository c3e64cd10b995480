/** Tenants whose integrations are pointed at the simulated providers, called through the platform as other domains call it. */
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { forgetAccessTokens } from '../../../layers/integrations/access-tokens.ts';
import { extraSettings } from '../../../layers/integrations/conformance/test-support/scenarios.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { type RunningProviders, startProviders } from '../../../local/providers/start-providers.ts';
import { handler } from '../integrations/handler.ts';
import { forgetCircuits } from '../provider-calls/breaker.ts';
import { caller } from './fixtures.ts';
import type { PlatformStack } from './platform-stack.ts';

export interface ProviderScene {
  readonly providers: RunningProviders;
  readonly tenantId: string;
  readonly session: TenantSession;
  /** The API of the tenant's integrations. */
  call: ReturnType<typeof caller>;
  /** @returns the integration's id */
  integrate(
    provider: string,
    more?: { priority?: number; code?: string; values?: Record<string, string> },
  ): Promise<string>;
  /** What a provider did, of a kind. */
  acts(provider: string, kind?: string): readonly { data: any }[];
  /** A tenant without integrations, and circuits nobody remembers. */
  newTenant(): void;
}

/** Silence is waited for no longer than this. */
const quick: Record<string, Record<string, string>> = {
  smtp: { timeout_ms: '300' },
  generic_mqtt: { mqtt_timeout_ms: '300' },
};

let tenants = 0;

export function useProviderScene(stack: PlatformStack): ProviderScene {
  let providers: RunningProviders;
  let tenantId = '';
  let call: ReturnType<typeof caller>;
  const newTenant = (): void => {
    tenantId = `tenant-p${++tenants}`;
    call = caller(handler, '/api/v1/developer/integrations', { tenantId });
    forgetCircuits();
  };
  beforeAll(async () => {
    providers = await startProviders({ now: () => Date.now() });
  });
  afterAll(() => providers.close());
  beforeEach(newTenant);
  afterEach(() => {
    for (const name of providers.providers) providers.setMode(name, 'ok');
    providers.journal.clear();
    forgetAccessTokens();
  });
  return {
    get providers() {
      return providers;
    },
    get tenantId() {
      return tenantId;
    },
    get session() {
      return stack.session(tenantId);
    },
    call: (...given) => call(...given),
    async integrate(provider, { priority = 1, code = provider, values = {} } = {}) {
      const made = await call('POST', '', { code, provider, nameAr: 'x', priority });
      const all = { ...providers.settingsOf(provider), ...quick[provider], ...extraSettings[provider], ...values };
      const set = await call('PUT', `/${made.data.id}/configs`, { environment: 'development', values: all });
      if (set.status !== 200) throw new Error(JSON.stringify(set.body));
      return made.data.id;
    },
    acts: (provider, kind) => providers.journal.acts(provider, kind),
    newTenant,
  };
}
