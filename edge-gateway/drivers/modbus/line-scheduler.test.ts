/** Turns on a shared line. */
import { describe, expect, it } from 'vitest';
import { LineScheduler } from './line-scheduler.ts';

describe('a shared line', () => {
  it('gives each device its turn, however much another one asks for', async () => {
    const scheduler = new LineScheduler(1);
    const order: string[] = [];
    const task = (name: string) => async () => void order.push(name);
    await Promise.all([
      ...['a1', 'a2', 'a3', 'a4'].map((name) => scheduler.run('a', task(name))),
      scheduler.run('b', task('b1')),
      scheduler.run('c', task('c1')),
    ]);
    expect(order).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'a4']);
  });

  it('has no more under way than it may, and goes on after a failure', async () => {
    const scheduler = new LineScheduler(2);
    let running = 0;
    let most = 0;
    const results = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        scheduler.run(`d${index % 3}`, async () => {
          running += 1;
          most = Math.max(most, running);
          await Promise.resolve();
          running -= 1;
        }),
      ),
    );
    expect(results).toHaveLength(10);
    expect(most).toBe(2);
  });
});
