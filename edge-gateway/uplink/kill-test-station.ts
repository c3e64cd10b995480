/**
 * The process that the kill test kills: a whole gateway over one scripted device, which tells a rising number and, as an
 * outstation does, tells again what nobody confirmed. What was confirmed goes to standard output at once.
 */
import { appendFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { AnyDriverModule } from '../drivers/registry.ts';
import { systemClock } from '../runtime/clock.ts';
import type { DriverSink, Sample } from '../runtime/driver.ts';
import { createStationGateway } from '../runtime/station-gateway.ts';
import { type KillTestPlan, killTestConfiguration, killTestPoints, killTestStation } from './kill-test-plan.ts';
import { openStationDatabase } from './station-database.ts';

const plan = JSON.parse(process.argv[2]!) as KillTestPlan;

/** At once, whatever comes next; a pipe that is full for a moment says so. */
function confirm(n: number): void {
  for (;;)
    try {
      writeSync(1, `${n}\n`);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
}

async function tell(sink: DriverSink): Promise<void> {
  for (let n = plan.from; n < plan.upTo; ) {
    const samples: Sample[] = Array.from({ length: Math.min(7, plan.upTo - n) }, (_, i) => ({
      pointId: killTestPoints[(n + i) % killTestPoints.length]!,
      value: n + i,
      quality: 'good',
      sourceTimeMs: plan.epochMs + n + i,
      isEvent: (n + i) % 3 === 0,
    }));
    await sink.samples(samples);
    n += samples.length;
    confirm(n);
  }
}

const driver: AnyDriverModule = {
  protocol: 'dnp3',
  parse: ({ connection }) => ({ connection, devices: new Map(), points: new Map() }),
  create: () => ({
    start(sink) {
      sink.state({ state: 'online' });
      void tell(sink);
    },
    stop: async () => {},
    async execute({ id }) {
      // The breaker moves, and then it takes a while to say so.
      appendFileSync(join(plan.folder, 'executed'), `${id}\n`);
      await new Promise((resolve) => setTimeout(resolve, 30));
      return { status: 'executed' };
    },
    refresh: async () => {},
    statistics: () => ({ requests: 0, timeouts: 0, errors: 0, reconnects: 0, bytesIn: 0, bytesOut: 0 }),
  }),
};

const gateway = createStationGateway({
  stationId: killTestStation,
  software: 'kill-test',
  clock: systemClock,
  log: () => {},
  database: openStationDatabase(plan.folder, systemClock.now()),
  maxStoreBytes: 1e9,
  link: { url: plan.url, clientId: 'kill-test', keepAliveSeconds: 60 },
  loadDriver: async () => driver,
  readSecret: () => undefined,
  commitDelayMs: 10,
  trialMs: 5_000,
});
process.on('SIGTERM', () => void gateway.stop().then(() => process.exit(0)));
await gateway.start();
await gateway.install(killTestConfiguration);
