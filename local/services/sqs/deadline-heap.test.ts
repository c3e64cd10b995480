import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DeadlineHeap } from './deadline-heap.ts';
import type { QueuedMessage } from './message.ts';

it('gives the earliest of what was added and not removed, in whatever order', () => {
  const times = fc.array(fc.nat(50), { maxLength: 60, size: 'max' });
  fc.assert(
    fc.property(times, fc.array(fc.nat(), { maxLength: 40, size: 'max' }), (deadlines, removals) => {
      const heap = new DeadlineHeap();
      const messages = deadlines.map((visibleAt) => ({ visibleAt, heapIndex: -1 }) as QueuedMessage);
      for (const message of messages) heap.add(message);
      for (const pick of removals) if (messages.length > 0) heap.remove(messages.splice(pick % messages.length, 1)[0]!);
      const order: number[] = [];
      for (let next = heap.earliest; next !== undefined; next = heap.earliest) {
        order.push(next.visibleAt);
        heap.remove(next);
        expect(next.heapIndex).toBe(-1);
      }
      expect(order).toEqual(messages.map(({ visibleAt }) => visibleAt).toSorted((a, b) => a - b));
    }),
    { numRuns: 500 },
  );
});
