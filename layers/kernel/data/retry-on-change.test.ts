import { describe, expect, it } from 'vitest';
import { AppError } from '../errors/app-error.ts';
import { retryOnChange, retryOnChangeOrMade, unlessChanged } from './retry-on-change.ts';

const failing = (code: 'version_conflict' | 'already_exists' | 'conflict', times: number) => {
  let calls = 0;
  return { work: async () => (calls++ < times ? Promise.reject(new AppError(code)) : 'done'), calls: () => calls };
};

describe('work on rows that others change', () => {
  it('is done again until it was the first', async () => {
    const { work, calls } = failing('version_conflict', 2);
    expect(await retryOnChange(work)).toBe('done');
    expect(calls()).toBe(3);
  });

  it('is not done again when it was refused for a reason of its own', async () => {
    const refused = failing('conflict', 9);
    await expect(retryOnChange(refused.work)).rejects.toMatchObject({ code: 'conflict' });
    expect(refused.calls()).toBe(1);
  });

  it('is done again over a key that was made, where two make the same one', async () => {
    await expect(retryOnChange(failing('already_exists', 1).work)).rejects.toMatchObject({ code: 'already_exists' });
    expect(await retryOnChangeOrMade(failing('already_exists', 1).work)).toBe('done');
  });

  it('is left to the others where that is enough', async () => {
    expect(await unlessChanged(failing('version_conflict', 1).work)).toBe(false);
    expect(await unlessChanged(failing('version_conflict', 0).work)).toBe(true);
    await expect(unlessChanged(failing('conflict', 1).work)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('is unavailable when others are faster every time', async () => {
    const { work, calls } = failing('version_conflict', 99);
    await expect(retryOnChange(work)).rejects.toMatchObject({ code: 'unavailable' });
    expect(calls()).toBe(8);
  });
});
