/** The station's gateway as an installation has it: its own process, its own folder, a configuration file and a key. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface GatewaySettings {
  stationId: string;
  /** Holds its configuration, key, store and log. */
  folder: string;
  mqttUrl: string;
  apiKey: string;
  /** Of its page for people on this machine; 0 is none. @default 0 */
  statusPort?: number;
}

export interface GatewayProcess {
  readonly pid: number;
  /** Whether it still runs. */
  readonly isRunning: boolean;
  /** Resolves when it ended, for whatever reason. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Ends it in order, and by force when it takes too long. */
  stop(): Promise<void>;
  /** Takes its power away. */
  kill(): Promise<void>;
}

const program = fileURLToPath(new URL('../../edge-gateway/main.ts', import.meta.url));
const endWithParent = new URL('./end-with-parent.ts', import.meta.url).href;
const mebibyte = 1024 * 1024;
/** Then it is ended by force, which loses nothing: what was not sent is in its store. */
const stopWithinMs = 4_000;

export function startGateway(settings: GatewaySettings): GatewayProcess {
  const folder = resolve(settings.folder);
  const configFile = writeConfiguration(folder, settings);
  const child = spawn(process.execPath, ['--import', endWithParent, program], {
    env: { PATH: process.env['PATH'], MIZAN_GATEWAY_CONFIG: configFile },
    // The channel closes when this process is gone, however it went.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const log = createWriteStream(join(folder, 'gateway.log'), { flags: 'a', mode: 0o600 });
  // A folder that goes away while it runs takes the log with it and nothing else.
  log.on('error', () => {});
  for (const stream of [child.stdout!, child.stderr!]) stream.pipe(log, { end: false });
  return processOf(child, () => log.end());
}

function writeConfiguration(folder: string, { stationId, mqttUrl, apiKey, statusPort = 0 }: GatewaySettings): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const [passwordFile, configFile] = [join(folder, 'gateway.key'), join(folder, 'gateway.json')];
  writeFileSync(passwordFile, apiKey, { mode: 0o600 });
  const configuration = {
    stationId,
    dataFolder: join(folder, 'store'),
    logLevel: 'info',
    uplink: { url: mqttUrl, username: 'gateway', passwordFile },
    store: { maxBytes: 256 * mebibyte, reserveBytes: mebibyte },
    statusPort,
  };
  writeFileSync(configFile, `${JSON.stringify(configuration, null, 2)}\n`, { mode: 0o600 });
  return configFile;
}

function processOf(child: ChildProcess, whenEnded: () => void): GatewayProcess {
  let isRunning = true;
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((done) => {
    const end = (code: number | null, signal: NodeJS.Signals | null): void => {
      if (!isRunning) return;
      isRunning = false;
      whenEnded();
      done({ code, signal });
    };
    child.once('close', end);
    child.once('error', () => end(null, null));
  });
  return {
    pid: child.pid ?? 0,
    get isRunning() {
      return isRunning;
    },
    ended,
    async stop() {
      if (!isRunning) return;
      child.kill('SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), stopWithinMs);
      await ended;
      clearTimeout(force);
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
