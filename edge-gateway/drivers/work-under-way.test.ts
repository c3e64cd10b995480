import { setImmediate } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { WorkUnderWay } from './work-under-way.ts';

it('is waited for until the last of it has ended', async () => {
  const work = new WorkUnderWay();
  const first = Promise.withResolvers<string>();
  const told: string[] = [];
  void work.add(first.promise).then((value) => told.push(value));
  const ended = work.ended().then(() => told.push('ended'));
  await setImmediate();
  expect(told).toEqual([]);
  first.resolve('first');
  await ended;
  expect(told).toEqual(['first', 'ended']);
});

it('that fails is heard of by who asked, and by nobody else: an unheard failure would end the process', async () => {
  const unheard: unknown[] = [];
  const hear = (reason: unknown): void => void unheard.push(reason);
  process.on('unhandledRejection', hear);
  onTestFinished(() => void process.off('unhandledRejection', hear));

  const work = new WorkUnderWay();
  await expect(work.add(Promise.reject(new Error('no line')))).rejects.toThrow('no line');
  await work.ended();
  await setImmediate();
  expect(unheard).toEqual([]);
});
