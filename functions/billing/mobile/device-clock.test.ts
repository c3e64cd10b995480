/** Wrong clocks of devices, and clocks that are right enough. */
import { describe, expect, it } from 'vitest';
import { type ClockBounds, judgeTime, outOfOrder, skewOf, toleratedSkewMs } from './device-clock.ts';
import { boundsOf } from './device-contacts.ts';

const now = Date.UTC(2026, 5, 15, 9);
const minute = 60_000;
const hour = 3_600_000;
const iso = (timeMs: number): string => new Date(timeMs).toISOString();

describe('the clock of a device', () => {
  it.each([
    ['is not said', undefined, 0],
    ['is right enough', iso(now - toleratedSkewMs), 0],
    ['is ahead', iso(now + 600_000), -600_000],
    ['is years behind', iso(0), now],
  ])('that %s', (_, deviceTime, skew) => {
    expect(skewOf(deviceTime, now)).toBe(skew);
  });

  it('is put right, and never shows what is yet to come', () => {
    expect(judgeTime(iso(now + 500_000), -600_000, now)).toEqual({ takenAt: iso(now - 100_000) });
    expect(judgeTime(iso(now + 60_000), 0, now)).toEqual({ takenAt: iso(now) });
  });

  it.each<[string, ClockBounds, number, string | undefined, number?]>([
    ['a little before the device was heard of', { notBefore: iso(now - hour) }, now - hour - minute, undefined],
    ['before the device was heard of', { notBefore: iso(now - hour) }, now - 2 * hour, 'before_hand_out', now - hour],
    ['after it was there', { notAfter: iso(now - hour) }, now - minute, 'after_hand_in'],
    ['before its route', { routeMadeAt: iso(now) }, now - 25 * hour, 'before_route', now],
    ['out of order', { isOutOfOrder: true }, now - hour, 'out_of_order'],
  ])('%s', (_, bounds, timeMs, clockDoubt, takenMs = timeMs) => {
    const judged = { takenAt: iso(takenMs), ...(clockDoubt === undefined ? {} : { clockDoubt }) };
    expect(judgeTime(iso(timeMs), 0, now, bounds)).toEqual(judged);
  });
});

describe('operations that a device counted', () => {
  const done = (...times: number[]) =>
    times.map((hours, i) => ({ id: `op${i + 1}`, operationNumber: i + 1, time: iso(now + hours * hour) }));

  it.each([
    ['in order', done(1, 2, 3), []],
    ['set back for one', done(1, 2, -5, 3), ['op1', 'op2', 'op3']],
    ['set ahead for one', done(1, 9, 2, 3), ['op2', 'op3', 'op4']],
    ['not counted', done(3, 1).map(({ id, time }) => ({ id, time })), []],
  ])('%s, in whatever order they come', (_, operations, doubtful) => {
    expect([...outOfOrder([...operations].reverse())].sort()).toEqual(doubtful);
    expect([...outOfOrder(operations)].sort()).toEqual(doubtful);
  });

  it('were done between the last time it was heard of without them and the first with them', () => {
    const contacts = [
      { operationNumber: 0, firstAt: iso(now), lastAt: iso(now + hour) },
      { operationNumber: 5, firstAt: iso(now + 2 * hour), lastAt: iso(now + 3 * hour) },
    ];
    expect(boundsOf(contacts, 3)).toEqual({ notBefore: iso(now + hour), notAfter: iso(now + 2 * hour) });
    expect(boundsOf(contacts, 6)).toEqual({ notBefore: iso(now + 3 * hour), notAfter: undefined });
    expect(boundsOf(contacts, undefined)).toEqual({});
  });
});
