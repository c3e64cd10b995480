/** How the process is: what goes into the health message, onto the status page and into nobody's alarm. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { HealthMessage } from '../../layers/station/messages.ts';
import type { Clock } from './clock.ts';

export interface ProcessHealth {
  /** Since the last call of `sample`. */
  sample(): NonNullable<HealthMessage['process']>;
  last(): NonNullable<HealthMessage['process']>;
  stop(): void;
}

export function createProcessHealth(clock: Clock): ProcessHealth {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  let usedBefore = process.cpuUsage();
  let atMs = clock.monotonicMs();
  const measure = (): NonNullable<HealthMessage['process']> => {
    const used = process.cpuUsage(usedBefore);
    const elapsedMs = Math.max(1, clock.monotonicMs() - atMs);
    const { rss, heapUsed } = process.memoryUsage();
    const round = (value: number): number => (Number.isFinite(value) ? Math.round(value * 1000) / 1000 : 0);
    return {
      residentBytes: rss,
      heapBytes: heapUsed,
      cpuShare: round((used.user + used.system) / 1000 / elapsedMs),
      eventLoopDelayMs: round(delay.percentile(99) / 1e6),
    };
  };
  return {
    sample() {
      const measured = measure();
      usedBefore = process.cpuUsage();
      atMs = clock.monotonicMs();
      delay.reset();
      return measured;
    },
    last: measure,
    stop: () => delay.disable(),
  };
}
