import { describe, expect, it } from 'vitest';
import { fuzz } from './fuzz.ts';
import { examples } from './test-support/specification-examples.ts';

describe('what comes from a line', () => {
  it('may be anything: a hundred thousand mutated frames crash nothing and fill no memory', () => {
    const seeds = examples.map(({ request, response }) => ({
      request: request.bytes,
      response: response.bytes,
      value: request.value,
    }));
    const before = process.memoryUsage().heapUsed;
    const result = fuzz(seeds, 100_000, 20_260_101);
    expect(result.frames).toBe(100_000);
    expect(result.decoded).toBeGreaterThan(20_000);
    expect(result.refused).toBeGreaterThan(20_000);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(200e6);
  });
});
