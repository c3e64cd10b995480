/**
 * A station that is alive beside the local platform: field devices, their registration, and the gateway between them. What a
 * restart must remember is in the station's folder, so that a known station is up again without being entered anew.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { stations } from '../../functions/scada/stations/routes.ts';
import { type ClientOptions, createClient } from '../../layers/kernel/http/client.ts';
import { type Field, type FieldPorts, startField } from './field.ts';
import { type GatewayProcess, startGateway } from './gateway-process.ts';
import { enrolGateway, registerStation } from './register-station.ts';
import { planStation } from './station-plan.ts';

export interface StationOptions {
  stationId: string;
  /** Where its gateway and what must be remembered are kept. */
  folder: string;
  baseUrl: string;
  /** Where the gateway connects. */
  mqttUrl: string;
  /** Credential of a person or key that may enter stations. */
  token: string;
  seed?: number;
  /** Begins nothing more once it says so; what was begun is for whoever gave it to end. */
  signal?: AbortSignal;
  /** Whether the gateway shows its page for people on this machine. @default false */
  hasStatusPage?: boolean;
}

export interface LocalStation {
  field: Field;
  /** The gateway that runs now. */
  readonly gateway: GatewayProcess;
  statusUrl: string | undefined;
  /** Starts the gateway again after it ended. */
  restartGateway(): GatewayProcess;
  /** Resolves when the platform sees the gateway and all devices online; rejects when they are not in time. */
  alive(timeoutMs?: number): Promise<void>;
  stop(): Promise<void>;
}

interface Memory {
  ports: FieldPorts;
  statusPort: number;
  apiKey?: string;
  /** Of what the platform was told. */
  planDigest?: string;
}

export async function startStation(options: StationOptions): Promise<LocalStation> {
  const { stationId, folder, baseUrl, token } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, 'station.json');
  const memory: Partial<Memory> = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const keep = (): void => writeFileSync(file, `${JSON.stringify(memory, null, 2)}\n`, { mode: 0o600 });
  const field = await startAtPorts(memory.ports, options.seed);
  try {
    memory.ports = field.ports;
    memory.statusPort = options.hasStatusPage ? await freePort(memory.statusPort) : 0;
    const access: ClientOptions = { baseUrl, token };
    const plan = planStation(stationId, field.ports);
    const planDigest = createHash('sha256').update(JSON.stringify(plan)).digest('hex');
    if (memory.planDigest !== planDigest) {
      await registerStation(access, stationId, plan);
      memory.planDigest = planDigest;
    }
    memory.apiKey ??= await enrolGateway(access, stationId);
    keep();
    options.signal?.throwIfAborted();
    const { apiKey, statusPort } = memory as Required<Memory>;
    const start = (): GatewayProcess =>
      startGateway({ stationId, folder, mqttUrl: options.mqttUrl, apiKey, statusPort });
    let gateway = start();
    return {
      field,
      get gateway() {
        return gateway;
      },
      statusUrl: statusPort > 0 ? `http://127.0.0.1:${statusPort}` : undefined,
      restartGateway: () => {
        gateway = start();
        return gateway;
      },
      alive: (timeoutMs) => waitUntilAlive(access, stationId, () => gateway, timeoutMs),
      stop: async () => {
        await gateway.stop();
        await field.stop();
      },
    };
  } catch (error) {
    await field.stop();
    throw error;
  }
}

/** At the ports of the last time, which the platform knows, unless somebody else took them. */
async function startAtPorts(ports: FieldPorts | undefined, seed: number | undefined): Promise<Field> {
  const common = seed === undefined ? {} : { seed };
  if (ports !== undefined) {
    try {
      return await startField({ ...common, ports });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
  }
  return startField(common);
}

/** The wanted one, or any. */
function freePort(wanted = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', () => (wanted === 0 ? reject(new Error('There is no free port.')) : resolve(freePort())));
    server.listen(wanted, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

async function waitUntilAlive(
  access: ClientOptions,
  stationId: string,
  gateway: () => GatewayProcess,
  timeoutMs = 30_000,
): Promise<void> {
  const client = createClient(stations, access);
  const end = Date.now() + timeoutMs;
  for (;;) {
    const { data } = await client.getStationStatus({ params: { id: stationId } });
    if (data.gateway?.online && data.devices.total > 0 && data.devices.online === data.devices.total) return;
    if (!gateway().isRunning) throw new Error('The gateway of the station ended: its log says why.');
    if (Date.now() > end) throw new Error(`The station is not alive: ${JSON.stringify(data)}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
