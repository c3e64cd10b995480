/**
 * Disk space kept back: when the disk is full, giving it up leaves room for alarms, for acknowledgements (deleting takes
 * space in the write-ahead log, too) and for the outcome of commands.
 */
import { randomFillSync } from 'node:crypto';
import { existsSync, renameSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Reserve {
  readonly bytes: number;
  release(): void;
  /** @returns whether the reserve is there again */
  restore(): boolean;
}

export const noReserve: Reserve = { bytes: 0, release: () => {}, restore: () => true };

/** @param bytes also how much must be free beside it before it is made again */
export function createReserveFile(folder: string, bytes: number): Reserve {
  const path = join(folder, 'reserve');
  const restore = (): boolean => {
    if (existsSync(path)) return true;
    try {
      const { bavail, bsize } = statfsSync(folder);
      if (bavail * bsize < 2 * bytes) return false;
      // Random, because some file systems keep no room for zeros.
      writeFileSync(`${path}.new`, randomFillSync(Buffer.allocUnsafe(bytes)), { flush: true });
      renameSync(`${path}.new`, path);
      return true;
    } catch {
      rmSync(`${path}.new`, { force: true });
      return false;
    }
  };
  restore();
  return { bytes, release: () => rmSync(path, { force: true }), restore };
}
