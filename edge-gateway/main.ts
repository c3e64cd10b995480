/** The process: reads its configuration, runs the gateway of one station, and ends it in order when it is told to. */
import { readFileSync } from 'node:fs';
import { text as readText } from 'node:stream/consumers';
import { readGatewayConfig } from './config.ts';
import { loadDriver } from './drivers/registry.ts';
import { enrolGateway } from './enrol.ts';
import { systemClock } from './runtime/clock.ts';
import { readDiskSpace } from './runtime/disk-space.ts';
import { createLog } from './runtime/log.ts';
import { secretsOfFolder } from './runtime/secrets.ts';
import { createStationGateway } from './runtime/station-gateway.ts';
import { startStatusPage } from './runtime/status-page/status-server.ts';
import { createReserveFile } from './uplink/reserve-file.ts';
import { openStationDatabase } from './uplink/station-database.ts';

declare const MIZAN_GATEWAY_VERSION: string | undefined;
/** The bundle knows it; run from source it is the development's. */
const software = typeof MIZAN_GATEWAY_VERSION === 'string' ? MIZAN_GATEWAY_VERSION : 'development';

async function run(): Promise<void> {
  const config = readGatewayConfig(process.env);
  const log = createLog(config.logLevel, (line) => void process.stdout.write(line));
  const { uplink, store } = config;
  const text = (file: string | undefined): string | undefined => file && readFileSync(file, 'utf8').trim();
  const database = openStationDatabase(config.dataFolder, systemClock.now());
  const gateway = createStationGateway({
    stationId: config.stationId,
    software,
    clock: systemClock,
    log,
    database,
    reserve: createReserveFile(config.dataFolder, store.reserveBytes),
    maxStoreBytes: store.maxBytes,
    readDiskSpace: () => readDiskSpace(config.dataFolder),
    commitDelayMs: store.commitDelayMs,
    trialMs: config.trialMs,
    basicIngestRules: uplink.basicIngestRules,
    loadDriver,
    readSecret: secretsOfFolder(config.secretsFolder),
    link: {
      url: uplink.url,
      clientId: uplink.clientId ?? `mizan-${config.stationId}-gateway`,
      username: uplink.username,
      password: text(uplink.passwordFile),
      certificate: text(uplink.certificateFile),
      privateKey: text(uplink.privateKeyFile),
      ca: text(uplink.caFile),
      alpn: uplink.alpn,
      keepAliveSeconds: uplink.keepAliveSeconds,
    },
  });
  const page = config.statusPort > 0 ? await startStatusPage(gateway, config.statusPort) : undefined;
  let isStopping = false;
  const stop = async (signal: string): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    log('info', 'told to stop', { signal });
    await page?.close();
    await gateway.stop();
    process.exitCode = 0;
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
  await gateway.start();
  if (config.stationFile !== undefined) await gateway.install(JSON.parse(readFileSync(config.stationFile, 'utf8')));
}

async function enrol(platform: string | undefined): Promise<void> {
  const file = await enrolGateway(readGatewayConfig(process.env), platform, () => readText(process.stdin));
  process.stdout.write(`The gateway is enrolled; its key is in ${file}. Start it again to use it.\n`);
}

async function start([command, argument]: string[]): Promise<void> {
  if (command === undefined) return run();
  if (command === 'enrol') return enrol(argument);
  throw new Error(
    `There is no "${command}": without a word the gateway runs, with "enrol <platform>" it gets its key.`,
  );
}

start(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  // Whatever still runs belongs to a gateway that did not start.
  process.exit(1);
});
