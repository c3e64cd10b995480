/** What `npm start` runs, and how it ends: first what sends, then the platform, so that nothing comes in while it is stopped. */
import type { DemoSimulation } from '../demo/demo-simulation.ts';
import type { DemoStation } from '../demo/demo-station.ts';
import type { Partner } from '../demo/partner.ts';
import type { Platform } from '../platform.ts';
import type { RunningProviders } from '../providers/start-providers.ts';
import { within } from '../runtime/draining.ts';

export interface Running {
  platform?: Platform;
  partner?: Partner;
  providers?: RunningProviders;
  simulation?: DemoSimulation;
  station?: DemoStation;
}

/** Who sends and does not end in this time is cut off by the platform: a gateway keeps what it could not send. */
const sendersGraceMs = 2_000;

/** Ends all that runs so far. What the platform has acknowledged is kept, and done after the next start where it is not done yet. */
export async function stopRunning({ platform, partner, providers, simulation, station }: Running): Promise<void> {
  const senders = Promise.all([simulation?.stop(), station?.stop()]);
  await within(sendersGraceMs, senders);
  await platform?.stop();
  await Promise.all([senders, partner?.close(), providers?.close()]);
}
