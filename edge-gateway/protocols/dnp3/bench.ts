/**
 * How many events a second pass from an outstation to a master over TCP on loopback, each confirmed before the next
 * response, and what they cost; both ends run in this one process. `node bench.ts [events]`.
 */
import { listen, openChannel } from '../transport/byte-channel.ts';
import { MasterChannel } from './master/master-channel.ts';
import type { EventClass } from './master/settings.ts';
import { Outstation } from './outstation/outstation.ts';

export interface EventBenchResult {
  events: number;
  seconds: number;
  eventsPerSecond: number;
  /** Of both ends together; 1 is one core fully used. */
  cpuCores: number;
  cpuMicrosecondsPerEvent: number;
  octetsPerEvent: number;
}

const pointCount = 1_000;
/** As many events as the outstation may hold; more are made as these are confirmed. */
const bufferSize = 5_000;

export async function benchmarkEvents({
  events = 200_000,
  unsolicited = false,
}: {
  events?: number;
  unsolicited?: boolean;
} = {}): Promise<EventBenchResult> {
  const points = Array.from({ length: pointCount }, (_, index) => ({
    kind: 'analog_input' as const,
    index,
    eventClass: 1 as const,
    flags: 1,
  }));
  const outstation = new Outstation({
    address: 10,
    points,
    sendsUnsolicited: unsolicited,
    eventLimits: { 1: bufferSize, 2: 0, 3: 0 },
  });
  const listener = await listen({ port: 0 }, (channel) => outstation.attach(channel));
  const channel = new MasterChannel({
    connect: () => openChannel({ kind: 'tcp', host: '127.0.0.1', port: listener.port }),
  });
  let made = 0;
  let received = 0;
  const make = (): void => {
    for (let free = bufferSize - outstation.statistics.eventsBuffered; free > 0 && made < events; free -= 1) {
      outstation.update('analog_input', made % pointCount, made, { timeMs: 1_767_225_600_000 + made });
      made += 1;
    }
  };
  let finished: () => void = () => {};
  const done = new Promise<void>((resolve) => {
    finished = resolve;
  });
  const unsolicitedClasses: readonly EventClass[] = unsolicited ? [1] : [];
  const station = channel.addOutstation(
    { address: 10, unsolicitedClasses, pollsAnnouncedEvents: false, integrityClasses: [] },
    {
      measurements(measurements) {
        for (const { isEvent, value } of measurements) {
          if (!isEvent) continue;
          // Order and completeness are part of what is measured.
          if (value !== received) throw new Error(`Event ${value} where ${received} was due.`);
          received += 1;
        }
        if (unsolicited) make();
        if (received === events) finished();
      },
    },
  );
  channel.start();
  while (station.state !== 'online') await new Promise((resolve) => setTimeout(resolve, 1));

  const octetsBefore = channel.statistics.octetsReceived;
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  make();
  if (unsolicited) await done;
  else
    while (received < events) {
      await station.eventPoll([1]);
      make();
    }
  const seconds = (performance.now() - startedAt) / 1_000;
  const { user, system } = process.cpuUsage(cpuBefore);
  const octets = channel.statistics.octetsReceived - octetsBefore;
  await channel.stop();
  await listener.close();
  return {
    events,
    seconds,
    eventsPerSecond: Math.round(events / seconds),
    cpuCores: (user + system) / 1e6 / seconds,
    cpuMicrosecondsPerEvent: (user + system) / events,
    octetsPerEvent: octets / events,
  };
}

if (import.meta.main) {
  const events = Number(process.argv[2] ?? 200_000);
  for (const unsolicited of [false, true]) {
    const name = unsolicited ? 'unsolicited responses' : 'event polls';
    console.log(name, await benchmarkEvents({ events, unsolicited }));
  }
}
