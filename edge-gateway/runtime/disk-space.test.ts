import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { readDiskSpace } from './disk-space.ts';

describe('the disk of a gateway', () => {
  it('tells its room, as the health message carries it', () => {
    const { freeBytes, totalBytes } = readDiskSpace(tmpdir())!;
    expect([freeBytes, totalBytes].every(Number.isSafeInteger)).toBe(true);
    expect(freeBytes).toBeGreaterThanOrEqual(0);
    expect(totalBytes).toBeGreaterThan(freeBytes);
  });

  it('that cannot be asked tells nothing, and the gateway goes on', () => {
    expect(readDiskSpace('/nowhere/at/all')).toBeUndefined();
  });
});
