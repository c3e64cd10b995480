/** The benchmark measures what it says: every event, in order, in both ways of telling. How fast is not tested. */
import { expect, it } from 'vitest';
import { benchmarkEvents } from './bench.ts';

it.each([false, true])('every event passes, unsolicited %s', async (unsolicited) => {
  const result = await benchmarkEvents({ events: 12_000, unsolicited });
  expect(result).toMatchObject({ events: 12_000, eventsPerSecond: expect.any(Number) });
  // A 2-octet index, flags, a float and a time are 13 octets; the rest is headers and check sums.
  expect(result.octetsPerEvent).toBeGreaterThan(13);
  expect(result.octetsPerEvent).toBeLessThan(17);
});
