/**
 * Fills the platform with the demo utility, once: through the same API its users have, except for the tenant itself,
 * which whoever runs the installation creates. Repeating it changes nothing.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiKeys } from '../../functions/identity/api-keys/routes.ts';
import { auth } from '../../functions/identity/auth/routes.ts';
import { meters } from '../../functions/metering/meters/routes.ts';
import { webhooks } from '../../functions/platform/webhooks/routes.ts';
import { stations } from '../../functions/scada/stations/routes.ts';
import { ApiError, createClient } from '../../layers/kernel/http/client.ts';
import type { Platform } from '../platform.ts';
import type { RunningProviders } from '../providers/start-providers.ts';
import { type DemoMeter, demoEmail, demoStations, demoTenantId } from './demo-fleet.ts';
import { type KeptIntegration, seedIntegrations } from './seed-integrations.ts';

/** What a restart must remember: secrets that are shown once. */
interface DemoSecrets {
  password: string;
  apiKey?: string;
  webhookId?: string;
  webhookSecret?: string;
  integrations?: Record<string, KeptIntegration>;
}

export interface Demo {
  tenantId: string;
  email: string;
  password: string;
  apiKey: string;
  webhookSecret: string;
  /** Integrations that do not work, with the reason. */
  failedIntegrations: string[];
}

export async function seedDemo(
  platform: Platform,
  options: { dataDir: string; meters: readonly DemoMeter[]; partnerUrl: string; providers?: RunningProviders },
): Promise<Demo> {
  const file = join(options.dataDir, 'demo.json');
  const secrets: DemoSecrets = existsSync(file)
    ? JSON.parse(readFileSync(file, 'utf8'))
    : { password: randomBytes(9).toString('base64url') };
  const keep = (): void => writeFileSync(file, JSON.stringify(secrets, null, 2), { mode: 0o600 });
  keep();

  await provision(platform, secrets.password);
  const baseUrl = platform.endpoints.restUrl;
  const { data: login } = await createClient(auth, { baseUrl }).login({
    body: { email: demoEmail, password: secrets.password },
  });
  if (!('accessToken' in login)) throw new Error('The demo owner has a second factor: log in with the console.');
  const access = { baseUrl, token: login.accessToken };

  if (secrets.apiKey === undefined) {
    const { data } = await createClient(apiKeys, access).createApiKey({
      body: {
        name: 'Demo integration',
        scopes: ['metering:*', 'billing:*', 'scada:*', 'platform:*', 'identity:*', 'ledger:*'],
        rateLimitPerMinute: 6000,
        rateLimitPerDay: 1_000_000,
      },
    });
    secrets.apiKey = data.key;
    keep();
  }
  for (const station of demoStations) await once(createClient(stations, access).createStation({ body: station }));
  await seedMeters(access, options.meters);
  await seedWebhook(access, secrets, options.partnerUrl);
  keep();
  let failedIntegrations: string[] = [];
  if (options.providers) {
    secrets.integrations ??= {};
    const kept = secrets.integrations;
    failedIntegrations = await seedIntegrations({ ...access, providers: options.providers, kept }).finally(keep);
  }
  return {
    tenantId: demoTenantId,
    email: demoEmail,
    password: secrets.password,
    apiKey: secrets.apiKey,
    webhookSecret: secrets.webhookSecret!,
    failedIntegrations,
  };
}

async function provision(platform: Platform, password: string): Promise<void> {
  const { functionError, payload } = await platform.invoke('provision-tenant', {
    tenant: {
      id: demoTenantId,
      name: 'Demo Electricity',
      nameAr: 'كهرباء العرض',
      timeZone: 'Asia/Aden',
      currency: 'YER',
      locale: 'ar',
    },
    owner: { name: 'Demo Owner', email: demoEmail, password, roles: ['OWNER', 'SUPER_ADMIN'] },
  });
  if (functionError) throw new Error(`The demo tenant could not be created: ${JSON.stringify(payload)}`);
}

async function seedMeters(access: { baseUrl: string; token: string }, list: readonly DemoMeter[]): Promise<void> {
  const client = createClient(meters, access);
  const { data } = await client.listMeters({ query: { limit: 200 } });
  const known = new Set((data as { id: string }[]).map(({ id }) => id));
  const installedAt = new Date(Date.now() - 90 * 86_400_000).toISOString();
  const missing = list.filter(({ id }) => !known.has(id));
  for (let start = 0; start < missing.length; start += 8) {
    await Promise.all(
      missing
        .slice(start, start + 8)
        .map(({ id, stationId, model, phases, initialRegisterKwh }) =>
          once(client.createMeter({ body: { id, stationId, model, phases, initialRegisterKwh, installedAt } })),
        ),
    );
  }
}

/** The partner's address changes with every start, so the endpoint is kept and its URL moved. */
async function seedWebhook(
  access: { baseUrl: string; token: string },
  secrets: DemoSecrets,
  url: string,
): Promise<void> {
  const client = createClient(webhooks, access);
  if (secrets.webhookId !== undefined) {
    await client.updateWebhook({ params: { id: secrets.webhookId }, body: { url } });
    return;
  }
  const { data } = await client.createWebhook({ body: { name: 'Demo partner', url, subscribedEvents: ['*'] } });
  secrets.webhookId = data.id;
  secrets.webhookSecret = data.secret;
}

/** What is there already is fine. */
async function once(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof ApiError) || error.problem.code !== 'already_exists') throw error;
  }
}
