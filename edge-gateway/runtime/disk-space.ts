/** How much room the disk under the gateway's data has: told with its health, so that somebody hears of it before it is full. */
import { statfsSync } from 'node:fs';
import type { HealthMessage } from '../../layers/station/messages.ts';

/** Free is what this process may use, without what the system keeps for itself. @returns undefined when the system does not tell */
export function readDiskSpace(folder: string): HealthMessage['disk'] {
  try {
    const { bavail, blocks, bsize } = statfsSync(folder);
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  } catch {
    return undefined;
  }
}
