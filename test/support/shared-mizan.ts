/**
 * One platform for all test files of a process: a start and the first call of every function cost more than most of what is
 * tested. Each file gets two tenants of its own, named by a number, and a minute of its own, since limits count by the minute.
 * For files that turn the clock by minutes at most, inject no faults and look at nothing but their own tenants.
 */
import type { Platform } from '../../local/platform.ts';
import { addTenants, endSchedules, type Mizan, type MizanOptions, startTestPlatform } from './mizan.ts';

let started: Promise<Platform> | undefined;
let pairs = 0;

/** It runs until its process ends. */
export async function shareMizan({ meters = 3 }: Pick<MizanOptions, 'meters'> = {}): Promise<Omit<Mizan, 'stop'>> {
  started ??= startWithoutSchedules();
  const platform = await started;
  pairs += 1;
  if (pairs > 1) platform.clock.advance(60_000);
  return { platform, ...(await addTenants(platform, meters, `-${pairs}`)) };
}

/** What runs by the clock would change rows of tenants while a test looks at them, at some minutes of the hour. */
async function startWithoutSchedules(): Promise<Platform> {
  const platform = await startTestPlatform();
  await endSchedules({ platform });
  return platform;
}
