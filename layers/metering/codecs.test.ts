import fc from 'fast-check';
import { expect, it } from 'vitest';
import { packProfile, unpackProfile } from './profile-codec.ts';
import { packReading, unpackReading } from './reading-codec.ts';
import { testSegment, testStart, testState } from './test-support/simulated-meter.ts';

it('a profile survives packing, with exchanges and moves', () => {
  const { checkpoint: _, ...profile } = testState(
    [
      testSegment({ to: testStart + 5, endRegister: 7 }),
      testSegment({ from: testStart + 5, registers: ['1.8.1', '1.8.2'] }),
    ],
    {
      assignments: [
        { stationId: 'ST-1', from: 0 },
        { stationId: 'ST-2', from: testStart },
      ],
    },
  );
  const { startRegister: __, ...unknownStart } = testSegment();
  profile.segments.unshift(unknownStart);
  expect(unpackProfile(packProfile(profile))).toEqual(profile);
});

it('a reading survives packing, with any of its measurements missing', () => {
  const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value));
  const units = fc.integer({ min: 0, max: 999_999_999_999_999 });
  fc.assert(
    fc.property(
      fc.record(
        {
          register: units,
          receivedMs: fc.integer({ min: 0, max: 4e12 }),
          source: fc.constantFrom('mqtt' as const, 'api' as const, 'manual' as const),
          voltage: number,
          current: number,
          powerFactor: number,
          powerKw: number,
          frequency: number,
          exportRegister: units,
          reportedConsumptionKwh: number,
          registers: fc.dictionary(fc.constantFrom('1.8.1', '1-0:1.8.2*255'), units, { minKeys: 1 }),
        },
        { requiredKeys: ['register', 'receivedMs', 'source'] },
      ),
      (reading) => {
        const restored = unpackReading(packReading(reading, reading.receivedMs, reading.source));
        expect(restored).toEqual({
          ...reading,
          ...(reading.registers ? { registers: { ...reading.registers } } : {}),
        });
      },
    ),
  );
});
