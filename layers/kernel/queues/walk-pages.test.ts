/** What a message for a page does to a walk, whoever else is on it. */
import { expect, it, vi } from 'vitest';
import { AppError } from '../errors/app-error.ts';
import { moveOn, nextStep } from './walk-pages.ts';

const walk = (page: number, done = false) => ({ page, done });
const conflict = () => Promise.reject(new AppError('version_conflict'));

it('hands on at once after its own page, and late when another one has done it', async () => {
  const first = await nextStep(walk(4), 4, () => moveOn(async () => walk(5), vi.fn()));
  expect(first).toEqual({ row: walk(5), delaySeconds: 0 });
  const second = await nextStep(walk(4), 4, () => moveOn(conflict, async () => walk(6)));
  expect(second).toEqual({ row: walk(6), delaySeconds: 60 });
});

it('hands on again for the page that was done last, and not for one before', async () => {
  const work = vi.fn();
  expect(await nextStep(walk(5), 4, work)).toEqual({ row: walk(5), delaySeconds: 0 });
  expect(await nextStep(walk(6), 4, work)).toBeUndefined();
  expect(await nextStep(walk(5, true), 4, work)).toBeUndefined();
  expect(work).not.toHaveBeenCalled();
});

it('hands nothing on at the end', async () => {
  expect(await nextStep(walk(4), 4, () => moveOn(async () => walk(5, true), vi.fn()))).toBeUndefined();
});

it('fails with what is no conflict', async () => {
  await expect(moveOn(() => Promise.reject(new Error('Down.')), vi.fn())).rejects.toThrow('Down.');
});
