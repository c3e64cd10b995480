/**
 * The station of `npm start`: comes alive some seconds after the platform is ready, so that nobody waits for it, and says
 * how to trip its breaker once it is.
 */
import { join } from 'node:path';
import { type LocalStation, startStation } from '../station/start-station.ts';

export interface DemoStationOptions {
  stationId: string;
  dataDir: string;
  restUrl: string;
  mqttUrl: string;
  apiKey: string;
  say: (line: string) => void;
}

export interface DemoStation {
  /** Also in the middle of starting, which is not waited for: the next start enters what is missing. */
  stop(): Promise<void>;
}

/** Nobody waits for it, and a machine that does much else is slow. */
const aliveWithinMs = 180_000;

export function startDemoStation({
  stationId,
  dataDir,
  restUrl,
  mqttUrl,
  apiKey,
  say,
}: DemoStationOptions): DemoStation {
  const stopping = new AbortController();
  let station: LocalStation | undefined;
  const sayStill = (line: string): void => {
    if (!stopping.signal.aborted) say(line);
  };
  const folder = join(dataDir, 'station');
  say(`\n  … station ${stationId} comes alive: Modbus meters, a DNP3 RTU, an IEC 61850 IED and their gateway`);
  const follow = async (): Promise<void> => {
    station = await startStation({
      stationId,
      folder,
      baseUrl: restUrl,
      mqttUrl,
      token: apiKey,
      signal: stopping.signal,
      hasStatusPage: true,
    });
    await station.alive(aliveWithinMs);
    sayStill(welcome(station, stationId, restUrl));
    const { code, signal } = await station.gateway.ended;
    sayStill(`\n  The gateway of ${stationId} ended (${signal ?? code}); ${join(folder, 'gateway.log')} says why.`);
  };
  follow().catch((cause: Error) => sayStill(`\n  The station ${stationId} is not there: ${cause.message}`));
  return {
    async stop() {
      stopping.abort();
      await station?.stop();
    },
  };
}

const welcome = ({ statusUrl }: LocalStation, stationId: string, restUrl: string): string => `
  ✓ station ${stationId} is alive

  Values         ${restUrl}/api/scada/readings/live?stationId=${stationId}&kind=point
  Gateway        ${statusUrl}
  Trip a breaker POST ${restUrl}/api/scada/controls/Q1.control/execute
                 {"action":{"kind":"operate","code":"trip"},"expiresInSeconds":30}   with an Idempotency-Key`;
