/** Starts the platform and the demo utility on it, step by step, and says where they are. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { demoMeters, demoStations } from '../demo/demo-fleet.ts';
import { startDemoProviders } from '../demo/demo-providers.ts';
import { startDemoSimulation } from '../demo/demo-simulation.ts';
import { startDemoStation } from '../demo/demo-station.ts';
import { startPartner } from '../demo/partner.ts';
import { type Demo, seedDemo } from '../demo/seed.ts';
import { type Platform, startPlatform } from '../platform.ts';
import type { RunningProviders } from '../providers/start-providers.ts';
import { createTerminalLogger } from '../runtime/logger.ts';
import type { StartOptions } from './options.ts';
import { localAssembly, prepareAssembly } from './prepare.ts';
import { createProgress } from './progress.ts';
import type { Running } from './running.ts';

/**
 * @param running gets every part as soon as it runs, so that it can be stopped at any time
 * @param startedAt on the clock of `performance.now()`
 */
export async function startEverything(options: StartOptions, running: Running, startedAt: number): Promise<void> {
  const progress = createProgress();
  if (options.fresh && existsSync(options.dataDir)) rmSync(options.dataDir, { recursive: true });
  mkdirSync(options.dataDir, { recursive: true });

  await progress.step('build and synthesize', () => prepareAssembly(progress.note));
  const platform = await progress.step('start the services', () =>
    startPlatform({
      assembly: localAssembly,
      dataDir: join(options.dataDir, 'data'),
      ports: { rest: options.restPort, mqtt: options.mqttPort, aws: options.awsPort },
      logger: createTerminalLogger('warn'),
    }),
  );
  running.platform = platform;
  const partner = await startPartner();
  running.partner = partner;
  if (options.providers) running.providers = await startDemoProviders(options.providersPort);
  const { providers } = running;
  const fleetMeters = demoMeters(options.meters);
  const demo = await progress.step('seed the demo utility', () =>
    seedDemo(platform, {
      dataDir: options.dataDir,
      meters: fleetMeters,
      partnerUrl: partner.url,
      ...(providers ? { providers } : {}),
    }),
  );
  partner.trust([demo.webhookSecret]);
  for (const failed of demo.failedIntegrations) progress.note(`integration not working: ${failed}`);
  if (options.simulator) {
    running.simulation = await progress.step(`start ${options.meters} simulated meters`, () =>
      startDemoSimulation({
        mqttUrl: platform.endpoints.mqttUrl,
        restUrl: platform.endpoints.restUrl,
        apiKey: demo.apiKey,
        meters: fleetMeters,
        intervalMs: options.intervalSeconds * 1000,
        speedUp: options.speedUp,
        onError: (error) => console.error(`The simulated fleet stopped: ${error.message}`),
      }),
    );
  }
  const endpoints = writeEndpoints(options, platform, demo, providers);
  console.log(summary(endpoints, options.dataDir, (performance.now() - startedAt) / 1000));
  if (options.station) running.station = startDemoStation({ ...endpoints, dataDir: options.dataDir, say: console.log });
}

function writeEndpoints(options: StartOptions, platform: Platform, demo: Demo, providers?: RunningProviders) {
  const { restUrl, webSocketUrl, mqttUrl, awsEndpointUrl } = platform.endpoints;
  const endpoints = {
    restUrl,
    webSocketUrl: webSocketUrl ?? '',
    mqttUrl,
    awsEndpointUrl,
    tenantId: demo.tenantId,
    email: demo.email,
    password: demo.password,
    apiKey: demo.apiKey,
    stationId: demoStations[0]!.id,
    meterIds: demoMeters(options.meters)
      .filter(({ stationId }) => stationId === demoStations[0]!.id)
      .map(({ id }) => id),
    /** Where the simulated providers are controlled; empty without them. */
    providersUrl: providers ? `${providers.url}/_providers` : '',
  };
  writeFileSync(join(options.dataDir, 'endpoints.json'), `${JSON.stringify(endpoints, null, 2)}\n`, { mode: 0o600 });
  return endpoints;
}

function summary(endpoints: ReturnType<typeof writeEndpoints>, dataDir: string, seconds: number): string {
  const login = `${endpoints.restUrl}/#email=${encodeURIComponent(endpoints.email)}&password=${encodeURIComponent(endpoints.password)}`;
  return `
Ready in ${seconds.toFixed(1)} s.

  Start page     ${login}
  REST           ${endpoints.restUrl}
  Documentation  ${endpoints.restUrl}/api/docs
  WebSocket      ${endpoints.webSocketUrl}
  MQTT           ${endpoints.mqttUrl}
  AWS endpoint   ${endpoints.awsEndpointUrl}   (cost so far: ${endpoints.awsEndpointUrl}/_runtime/cost)
  Providers      ${endpoints.providersUrl || 'none (--no-providers)'}

  Log-in         ${endpoints.email}  /  ${endpoints.password}
  API key        ${endpoints.apiKey}

The same is in ${join(dataDir, 'endpoints.json')}. Ctrl-C stops everything.`;
}
