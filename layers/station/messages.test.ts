import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseStationConfiguration } from './check-configuration.ts';
import { exampleConfiguration } from './example-configuration.ts';
import {
  configDownCodec,
  configUpCodec,
  decodeAlarms,
  decodeCommand,
  decodeValues,
  encodeAlarms,
  encodeCommand,
  encodePayload,
  encodeValues,
  exampleAlarms,
  exampleCommand,
  exampleConfigDown,
  exampleConfigUp,
  exampleHealth,
  exampleResult,
  exampleStatus,
  exampleValues,
  healthCodec,
  MessageError,
  packConfiguration,
  partOf,
  type ReportedValue,
  resultCodec,
  statusCodec,
  unpackConfiguration,
} from './messages.ts';
import { basicIngestTopic, downTopic, readDownTopic, readUpTopic, upTopic } from './topics.ts';

describe('every message', () => {
  it('comes back as it was', () => {
    expect(decodeAlarms(encodeAlarms(exampleAlarms))).toEqual(exampleAlarms);
    expect(decodeCommand(encodeCommand(exampleCommand))).toEqual(exampleCommand);
    expect(statusCodec.decode(statusCodec.encode(exampleStatus))).toEqual(exampleStatus);
    expect(healthCodec.decode(healthCodec.encode(exampleHealth))).toEqual(exampleHealth);
    expect(resultCodec.decode(resultCodec.encode(exampleResult))).toEqual(exampleResult);
    expect(configUpCodec.decode(configUpCodec.encode(exampleConfigUp))).toEqual(exampleConfigUp);
    expect(configDownCodec.decode(configDownCodec.encode(exampleConfigDown))).toEqual(exampleConfigDown);
  });

  it.each<[string, (bytes: Uint8Array) => unknown]>([
    ['values', decodeValues],
    ['alarms', decodeAlarms],
    ['commands', decodeCommand],
    ['status', statusCodec.decode],
    ['health', healthCodec.decode],
    ['results', resultCodec.decode],
    ['configuration, up', configUpCodec.decode],
    ['configuration, down', configDownCodec.decode],
  ])('of %s refuses rubbish with an error of its own', (_, decode) => {
    const rubbish = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.json({ maxDepth: 3 }).map((text) => Buffer.from(text)),
      fc.constantFrom('null', '[]', '{"v":1,"g":"aaaaaaaa","s":1,"t":1,"p":[[]]}').map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 30 }).map((tail) => Buffer.from([0x1f, 0x8b, ...tail])),
    );
    fc.assert(fc.property(rubbish, (bytes) => void expect(() => decode(bytes)).toThrow(MessageError)));
  });

  it('does not unfold without end', () => {
    const bomb = encodePayload({ text: 'x'.repeat(5_000_000) });
    expect(bomb.length).toBeLessThan(10_000);
    expect(() => decodeValues(bomb)).toThrow('Neither UTF-8 text nor gzip of it.');
  });
});

describe('values', () => {
  it('come back as they were, grouped by point', () => {
    const { values, ...head } = decodeValues(encodeValues(exampleValues));
    expect({ ...head, values }).toEqual(exampleValues);
  });

  const value: fc.Arbitrary<ReportedValue> = fc.record(
    {
      pointId: fc.constantFrom('p1', 'p2', 'BUS-1.V', 'constructor'),
      value: fc.oneof(
        fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (Object.is(n, -0) ? 0 : n)),
        fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }),
        fc.boolean(),
        fc.string({ maxLength: 20 }),
        fc.uint8Array({ maxLength: 8 }),
      ),
      quality: fc.constantFrom('good' as const, 'uncertain' as const, 'bad' as const, 'stale' as const),
      reason: fc.string({ maxLength: 10 }),
      timeMs: fc.integer({ min: 0, max: 4_000_000_000_000 }),
      timeBy: fc.constantFrom('device' as const, 'device_uncertain' as const),
      isEvent: fc.constant(true),
    },
    { requiredKeys: ['pointId', 'value', 'quality', 'timeMs'] },
  );

  it('keep value, quality, time and order of each point, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 30 }), (values) => {
        const decoded = decodeValues(encodeValues({ storeId: 'aaaaaaaa', seq: 9, values }));
        const of = (list: ReportedValue[], id: string) => list.filter(({ pointId }) => pointId === id);
        for (const id of new Set(values.map(({ pointId }) => pointId)))
          expect(of(decoded.values, id)).toEqual(of(values, id));
        expect(decoded.values).toHaveLength(values.length);
      }),
    );
  });

  it('are not sent without a value and yet good', () => {
    const values = [{ pointId: 'p', value: undefined, quality: 'good' as const, timeMs: 1 }];
    expect(() => decodeValues(encodeValues({ storeId: 'aaaaaaaa', seq: 1, values }))).toThrow(/p\.0\.1\.1: no value/);
  });

  it('take few bytes: a thousand analog values of a hundred points below 8 each', () => {
    const values = Array.from({ length: 1000 }, (_, i): ReportedValue => {
      const noise = Math.round(Math.sin(i * 12.9898) * 1000) / 100;
      const pointId = `feeder-${i % 100}.voltage-l1`;
      return { pointId, value: 230 + noise, quality: 'good', timeMs: 1_767_225_600_000 + i * 13 };
    });
    expect(encodeValues({ storeId: 'aaaaaaaa', seq: 1, values }).length).toBeLessThan(8_000);
  });
});

describe('a command', () => {
  it.each<[string, object, RegExp]>([
    ['that lives for a day', { expiresAtMs: exampleCommand.issuedAtMs + 86_400_000 }, /expiresAtMs/],
    ['that ends before it begins', { expiresAtMs: exampleCommand.issuedAtMs - 1 }, /expiresAtMs/],
    ['of no id', { id: '' }, /id: /],
    ['that writes nothing', { action: { kind: 'write', value: null } }, /action\.value/],
    ['of a code nobody knows', { action: { kind: 'operate', code: 'explode' } }, /action\.code/],
  ])('%s is refused', (_, change, message) => {
    expect(() => decodeCommand(encodePayload({ ...exampleCommand, ...change }))).toThrow(message);
  });
});

describe('a configuration', () => {
  it('travels in parts and arrives whole', () => {
    const configuration = parseStationConfiguration(exampleConfiguration);
    // Names that do not compress, so that there are several parts.
    configuration.points = Array.from({ length: 5_000 }, (_, i) => ({
      ...configuration.points[0]!,
      id: `p${i}`,
      name: Math.random().toString(36) + Math.random().toString(36),
    }));
    const packed = packConfiguration(configuration);
    expect(packed.parts).toBeGreaterThan(1);
    const parts = Array.from({ length: packed.parts }, (_, i) => {
      const message = configDownCodec.decode(configDownCodec.encode(partOf(packed, i + 1)));
      return Buffer.from((message as { data: string }).data, 'base64');
    });
    expect(unpackConfiguration(Buffer.concat(parts), packed.sha256)).toEqual(configuration);
    expect(() => unpackConfiguration(Buffer.concat(parts.slice(1)), packed.sha256)).toThrow('arrived damaged');
    expect(() => partOf(packed, packed.parts + 1)).toThrow(MessageError);
  });
});

describe('topics', () => {
  it('say station and kind, and take nothing else', () => {
    expect(readUpTopic(upTopic('ST-001', 'values'))).toEqual({ stationId: 'ST-001', kind: 'values' });
    expect(readDownTopic(downTopic('ST-001', 'commands'))).toEqual({ stationId: 'ST-001', kind: 'commands' });
    expect(basicIngestTopic('mizan_prod_scada_gateway', 'ST-001', 'alarms')).toBe(
      '$aws/rules/mizan_prod_scada_gateway_alarms/mizan/ST-001/gateway/alarms',
    );
    for (const topic of [
      'mizan/a/b/gateway/values',
      'mizan/a/gateway/values/x',
      'mizan/a/platform/commands',
      'x/mizan/a/gateway/values',
    ])
      expect(readUpTopic(topic)).toBeUndefined();
    expect(readDownTopic('mizan/a/gateway/commands')).toBeUndefined();
  });
});
