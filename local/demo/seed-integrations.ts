/**
 * Gives the demo tenant its integrations over the API its developers have: made, set, tested, and their providers told where
 * to notify. A start that finds them as they were left only tells the providers again, whose memory ends with the process.
 */
import { createHash } from 'node:crypto';
import { acrelWebhooks } from '../../functions/platform/acrel/routes.ts';
import { integrations } from '../../functions/platform/integrations/routes.ts';
import { createClient } from '../../layers/kernel/http/client.ts';
import type { RunningProviders } from '../providers/start-providers.ts';
import { type DemoIntegration, demoIntegrations } from './demo-integrations.ts';

/** What a restart must remember of an integration: its token is shown once. */
export interface KeptIntegration {
  /** Digest of the settings it was given last. */
  settings?: string;
  callbackPath?: string;
  token?: string;
}

export interface SeedIntegrationsOptions {
  baseUrl: string;
  token: string;
  providers: RunningProviders;
  /** By provider; changed here, kept by the caller. */
  kept: Record<string, KeptIntegration>;
}

/** Each at a time is a worker thread that loads the function anew: more of them are slower to be there. */
const parallel = 2;

type Client = ReturnType<typeof createClient<typeof integrations.routes>>;

/** @returns those whose test failed, with the reason; they are tried again at the next start */
export async function seedIntegrations({
  baseUrl,
  token,
  providers,
  kept,
}: SeedIntegrationsOptions): Promise<string[]> {
  const client = createClient(integrations, { baseUrl, token });
  const { data: known } = await client.listIntegrations({ query: { limit: 100 } });
  const ids = new Map(known.map(({ code, id }) => [code, id]));
  const failures: string[] = [];
  const seed = async (demo: DemoIntegration): Promise<void> => {
    const { provider } = demo;
    const found = ids.get(provider);
    const id = found ?? (await make(client, demo));
    const memory = (found && kept[provider]) || {};
    kept[provider] = memory;
    if (demo.notifies) await tellCallback(client, id, demo, memory, { baseUrl, providers });
    const values = settingsOf(provider, providers, memory, baseUrl);
    const settings = createHash('sha256').update(JSON.stringify(values)).digest('hex');
    if (memory.settings === settings) return;
    await client.setIntegrationConfigs({
      params: { id },
      body: { environment: 'development', values, overlapSeconds: 0 },
    });
    const { data: test } = await client.testIntegration({ params: { id }, body: {} });
    if (test.status !== 'success') failures.push(`${provider}: ${test.message.en}`);
    else memory.settings = settings;
  };
  const waiting = [...demoIntegrations];
  const work = async (): Promise<void> => {
    for (let demo = waiting.shift(); demo !== undefined; demo = waiting.shift()) await seed(demo);
  };
  await Promise.all(Array.from({ length: parallel }, work));
  return failures;
}

async function make(client: Client, demo: DemoIntegration): Promise<string> {
  const { provider, nameEn, nameAr, priority, isPrimary = false, allowedIps = [] } = demo;
  const body = { code: provider, provider, nameEn, nameAr, priority, isPrimary, allowedIps: [...allowedIps] };
  return (await client.createIntegration({ body })).data.id;
}

/** The gateway on AWS is `https` only, and that is the address a function believes it was called by; this one is not. */
const believedAddress = (baseUrl: string, path: string): string =>
  new URL(path, baseUrl).href.replace(/^http:/, 'https:');

async function tellCallback(
  client: Client,
  id: string,
  { provider }: DemoIntegration,
  memory: KeptIntegration,
  { baseUrl, providers }: Pick<SeedIntegrationsOptions, 'baseUrl' | 'providers'>,
): Promise<void> {
  if (memory.callbackPath === undefined) {
    const { data } = await client.rotateCallbackToken({ params: { id } });
    memory.callbackPath = data.callbackPath;
    memory.token = data.token;
  }
  const isAcrel = provider === 'acrel';
  providers.setCallback(provider, {
    url: believedAddress(baseUrl, isAcrel ? acrelWebhooks.base : memory.callbackPath),
    origin: new URL(baseUrl).origin,
    ...(isAcrel ? { headers: { 'x-integration-token': memory.token! } } : {}),
  });
}

function settingsOf(
  provider: string,
  providers: RunningProviders,
  { callbackPath }: KeptIntegration,
  baseUrl: string,
): Record<string, string> {
  const settings = providers.settingsOf(provider);
  if (provider !== 'twilio' || callbackPath === undefined) return settings;
  // Twilio is told with each message where to report.
  return { ...settings, status_callback: believedAddress(baseUrl, callbackPath) };
}
