/** Command line of the fleet simulator: `node local/simulator/main.ts --help`. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type FleetStats, startFleet } from './fleet.ts';
import type { StationSpec } from './fleet-model.ts';
import { planFleet } from './fleet-plan.ts';
import { type FaultShares, meterFaults } from './meter-faults.ts';

const HELP = `Publishes the readings of a simulated fleet to an MQTT broker.

  --mqtt URL            broker (default mqtt://localhost:1883)
  --username, --password, --client-id
  --meters N            fleet size (default 1000)
  --stations FILE       JSON file [{"id","meters":[{"id","type","profile","initialRegisterKwh"}]}] instead of --meters
  --speed-up X          simulated seconds per second (default 1)
  --interval SECONDS    simulated time between readings of a meter (default 900)
  --start TIME          simulated time at the start, e.g. 2026-03-01T00:00:00Z (default 30 days
                        ago when sped up, else now); on reaching the present it goes on at real speed
  --seed N              same seed, same fleet (default 1)
  --outages P           probability of an outage per station and day (default 0.1)
  --faults LIST         share of meters per fault, e.g. drift=0.01,silent=0.02
                        (${meterFaults.join(', ')})
  --duration SECONDS    stop after this much real time (default: until Ctrl+C)
`;

const { values } = parseArgs({
  options: {
    mqtt: { type: 'string', default: 'mqtt://localhost:1883' },
    username: { type: 'string' },
    password: { type: 'string' },
    'client-id': { type: 'string' },
    meters: { type: 'string', default: '1000' },
    stations: { type: 'string' },
    'speed-up': { type: 'string', default: '1' },
    interval: { type: 'string', default: '900' },
    start: { type: 'string' },
    seed: { type: 'string', default: '1' },
    outages: { type: 'string', default: '0.1' },
    faults: { type: 'string', default: '' },
    duration: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) process.stdout.write(HELP);
else await run().catch(fail);

async function run(): Promise<void> {
  const seed = number('seed');
  const fleet = await startFleet({
    mqttUrl: values.mqtt,
    ...(values.username !== undefined && { username: values.username }),
    ...(values.password !== undefined && { password: values.password }),
    ...(values['client-id'] !== undefined && { clientId: values['client-id'] }),
    stations: values.stations ? readStations(values.stations) : planFleet(number('meters'), seed),
    speedUp: number('speed-up'),
    intervalMs: number('interval') * 1000,
    ...(values.start !== undefined && { startMs: time(values.start) }),
    seed,
    outagesPerDay: number('outages'),
    faults: parseFaults(values.faults),
  });
  const report = setInterval(() => print(fleet.stats()), 5_000);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
    if (values.duration !== undefined) setTimeout(resolve, number('duration') * 1000);
  });
  clearInterval(report);
  await fleet.stop();
  print(fleet.stats());
}

function print({ meters, simulatedMs, published, damaged, failed, inFlight, commands }: FleetStats): void {
  const hours = (simulatedMs / 3_600_000).toFixed(1);
  const { reading, alert, status, infrastructure } = published;
  process.stdout.write(
    `${meters} meters, ${hours} h simulated: ${reading} readings (${damaged} damaged), ${infrastructure} transformer readings, ` +
      `${alert} alerts, ${status} status changes, ${commands} commands, ${failed} failed, ${inFlight} in flight\n`,
  );
}

function number(name: 'meters' | 'speed-up' | 'interval' | 'seed' | 'outages' | 'duration'): number {
  const value = Number(values[name]);
  if (!Number.isFinite(value) || value < 0) throw new Error(`--${name} is "${values[name]}"; it must be a number.`);
  return value;
}

function time(text: string): number {
  const epochMs = Date.parse(text);
  if (Number.isNaN(epochMs)) throw new Error(`--start is "${text}"; write it like 2026-03-01T00:00:00Z.`);
  return epochMs;
}

function readStations(file: string): StationSpec[] {
  const stations: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (!Array.isArray(stations)) throw new Error(`${file} must hold a list of stations.`);
  return stations as StationSpec[];
}

function parseFaults(list: string): FaultShares {
  const shares: FaultShares = {};
  for (const pair of list.split(',').filter((text) => text !== '')) {
    const [name = '', share] = pair.split('=');
    const fault = meterFaults.find((known) => known === name.trim());
    const value = Number(share);
    if (!fault || !(value >= 0 && value <= 1))
      throw new Error(`--faults has "${pair}"; write e.g. drift=0.01 with one of ${meterFaults.join(', ')}.`);
    shares[fault] = value;
  }
  return shares;
}

function fail(error: unknown): void {
  const { message, code } = error as Error & { code?: unknown };
  process.stderr.write(`${message || String(code ?? error)}\n`);
  process.exitCode = 1;
}
