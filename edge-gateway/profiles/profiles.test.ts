/** Every profile as data, and each against a device whose registers were filled by hand. */
import { afterEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { pointSchema } from '../../layers/station/station-configuration.ts';
import { RecordingSink } from '../drivers/contract-suite.ts';
import { ManualClock } from '../drivers/manual-clock.ts';
import { modbusDriver } from '../drivers/modbus/index.ts';
import { LoopbackModbus } from '../drivers/modbus/test-support/loopback-device.ts';
import { lengthOfType } from '../drivers/modbus/value-types.ts';
import type { PointValue } from '../runtime/driver.ts';
import { type ExpandOptions, expandProfile } from './expand-profile.ts';
import type { Profile } from './profile.ts';
import { profiles } from './registry.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const parse = (profile: Profile, options: Partial<ExpandOptions> = {}) => {
  const { deviceSettings, points } = expandProfile(profile.id, { deviceId: 'd', ...options });
  return modbusDriver.parse({
    connection: { host: '127.0.0.1' },
    devices: [{ id: 'd', settings: deviceSettings }],
    points: points.map((point) => ({ ...z.parse(pointSchema, point) })),
  });
};

describe.each(profiles.map((profile) => [profile.id, profile] as const))('the profile %s', (_, profile) => {
  it('says where its facts come from', () => {
    expect(profile.source.document).not.toBe('');
    expect(profile.source.checkedAgainst.length).toBeGreaterThan(0);
  });

  it('expands to points that the station’s configuration and the driver accept', () => {
    expect(parse(profile).points.size).toBe(profile.points.length);
  });

  it('names each point once, and no register twice', () => {
    expect(new Set(profile.points.map(({ key }) => key)).size).toBe(profile.points.length);
    const taken = new Map<string, string>();
    for (const { key, address, dataType } of profile.points.filter(({ address: { isWriteOnly } }) => !isWriteOnly)) {
      const start = Number(address['address'] ?? address['offset']);
      for (
        let register = start;
        register < start + Number(address['length'] ?? lengthOfType(dataType));
        register += 1
      ) {
        const place = `${address['table'] ?? address['model']}:${register}`;
        expect(taken.get(place), `${key} at ${place}`).toBeUndefined();
        taken.set(place, key);
      }
    }
  });

  it('has points within the device’s limit of a request', () => {
    for (const { address, dataType } of profile.points) {
      const length = Number(address['length'] ?? lengthOfType(dataType));
      expect(length).toBeLessThanOrEqual(profile.device.maxRegisters ?? 125);
    }
  });
});

describe('expanding', () => {
  it('multiplies by the transformers’ ratios where the meter tells secondary values', () => {
    const { points } = expandProfile('acrel-adw300', { deviceId: 'M7', pt: 100, ct: 40, scanRateMs: 500 });
    const of = (key: string) => points.find(({ id }) => id === `M7.${key}`);
    expect(of('voltage_l1')).toMatchObject({ scaleFactor: 10, unit: 'V', scanRateMs: 500, writable: false });
    expect(of('current_l1')).toMatchObject({ scaleFactor: 0.4 });
    expect(of('active_power')).toMatchObject({ scaleFactor: 4 });
    expect(of('energy_import')).toMatchObject({ scaleFactor: 40, pointType: 'counter', scanRateMs: 60_000 });
  });

  it('can be asked for some points alone', () => {
    const { points } = expandProfile('eastron-sdm630', { deviceId: 'M', keys: ['frequency', 'energy_import'] });
    expect(points.map(({ id }) => id)).toEqual(['M.frequency', 'M.energy_import']);
  });

  it.each([
    ['an unknown profile', 'acrel-xyz', {}],
    ['an unknown point', 'acrel-adl400', { keys: ['nothing'] }],
    ['a ratio of nothing', 'acrel-adw300', { ct: 0 }],
  ])('refuses %s', (_, id, options) => {
    expect(() => expandProfile(id, { deviceId: 'd', ...options })).toThrow(RangeError);
  });
});

interface Image {
  table?: 'holdingRegisters' | 'inputRegisters';
  /** Registers by address. */
  registers: Readonly<Record<number, string>>;
  options?: Partial<ExpandOptions>;
  values: Readonly<Record<string, PointValue | undefined>>;
}

/** Worked out by hand from the makers' formats. */
const images: Readonly<Record<string, Image>> = {
  'acrel-adl200': {
    registers: { 0: '0001e240', 11: '08fe 0197 fc18 0032 03e9', 16: 'fc7c 1387' },
    values: {
      energy_total: 1234.56,
      voltage_l1: 230.2,
      current_l1: 4.07,
      active_power: -1,
      reactive_power: 0.05,
      apparent_power: 1.001,
      power_factor: -0.9,
      frequency: 49.99,
    },
  },
  'acrel-adl400': {
    registers: { 2048: '43663333', 2074: 'c1480000', 2100: '42480000', 2124: '00bc614e' },
    values: { voltage_l1: Math.fround(230.2), active_power: -12.5, frequency: 50, energy_import: 1_234_567.8 },
  },
  'acrel-adl3000': {
    registers: { 10: '00003039', 97: '08fe', 100: '01f4', 119: '1388', 362: 'ffffd8f0', 383: 'fc18' },
    options: { ct: 40 },
    values: {
      energy_import: 4938,
      voltage_l1: 230.2,
      current_l1: 200,
      frequency: 50,
      active_power: -400,
      power_factor: -1,
    },
  },
  'acrel-adw300': {
    registers: { 20: '08fe 08ff 0900', 26: '01f4', 36: '00002710', 62: '00003039' },
    values: { voltage_l1: 230.2, voltage_l3: 230.4, current_l1: 5, active_power: 10, energy_import: 123.45 },
  },
  'eastron-sdm120': {
    table: 'inputRegisters',
    registers: { 0: '43663333', 12: '44bb8000', 70: '42480000', 72: '46 40 e6 b7' },
    values: {
      voltage_l1: Math.fround(230.2),
      active_power: 1500,
      frequency: 50,
      energy_import: Math.fround(12345.679),
    },
  },
  'eastron-sdm630': {
    table: 'inputRegisters',
    registers: { 4: '43663333', 52: 'c4bb8000', 74: '3f800000', 342: '7fc00000' },
    values: { voltage_l3: Math.fround(230.2), active_power: -1500, energy_export: 1, energy_total: undefined },
  },
  'schneider-pm5000': {
    registers: { 2999: '41200000', 3019: '43c80000', 3059: '41480000', 3109: '42480000', 3203: '0000000100000000' },
    values: { current_l1: 10, voltage_l1_l2: 400, active_power: 12.5, frequency: 50, energy_import: 4_294_967_296n },
  },
  'deep-sea-gencomm': {
    registers: {
      1024: '019a fff6 7fff 004b 00f9 00f5 05dc 01f4 000008fe',
      1536: 'fffffc18',
      1798: '00015180',
      1808: 'ffffffff',
    },
    values: {
      oil_pressure: 410,
      coolant_temperature: -10,
      oil_temperature: undefined,
      fuel_level: 75,
      charge_alternator_voltage: 24.9,
      battery_voltage: 24.5,
      engine_speed: 1500,
      frequency: 50,
      voltage_l1: 230.2,
      active_power: -1000,
      run_time: 86_400,
      starts: undefined,
    },
  },
  'sunspec-inverter-3p': {
    registers: {
      40000: '53756e53 0001 0042',
      40004: Buffer.from('Maker\0').toString('hex'),
      // Model 103 begins at 40000 + 2 + 2 + 66.
      40070: '0067 0032 0064 0021 0021 0022 ffff ffff ffff ffff 08fd 08fe 08ff ffff 03e8 0001 1387 fffe',
      40094: '000f4240 0000',
      40103: '8000',
      40107: '0001 0004',
      40122: 'ffff 0000',
    },
    values: {
      manufacturer: 'Maker',
      current_l1: 330,
      voltage_l1: 230.1,
      active_power: 10_000,
      frequency: 49.99,
      energy_export: 1_000_000,
      cabinet_temperature: undefined,
      operating_state: 4,
      power_limit: undefined,
    },
  },
};

describe('a device filled by hand', () => {
  const ended: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of ended.splice(0).reverse()) await end();
  });

  it.each(Object.entries(images))('%s tells the values it should', async (id, image) => {
    const device = await new LoopbackModbus().listen();
    const table = device.bank[image.table ?? 'holdingRegisters'];
    // Everything else reads zero, or the scale of SunSpec's current: one.
    for (let address = 0; address < 65_536; address += 1) table.set(address, 0);
    if (id.startsWith('sunspec')) table.set(40_076, 1);
    for (const [address, bytes] of Object.entries(image.registers)) {
      device.bank.set(image.table ?? 'holdingRegisters', Number(address), hex(bytes));
    }
    if (id.startsWith('sunspec')) table.set(40_076, 1).set(40_083, 0xffff);
    const clock = new ManualClock();
    const sink = new RecordingSink();
    const { deviceSettings, points } = expandProfile(id, { deviceId: 'd', ...image.options });
    const driver = modbusDriver.create(
      modbusDriver.parse({
        connection: { host: '127.0.0.1', port: device.port },
        devices: [{ id: 'd', settings: deviceSettings }],
        points: points.map((point) => z.parse(pointSchema, point)),
      }),
      clock,
    );
    ended.push(async () => {
      await clock.settle(driver.stop());
      await device.close();
    });
    driver.start(sink);
    const readable = points.filter(({ address }) => !(address as { isWriteOnly?: boolean }).isWriteOnly);
    await clock.until(() => readable.every((point) => sink.last(point.id)), { what: 'every point' });
    for (const [key, expected] of Object.entries(image.values)) {
      const { value, quality } = sink.last(`d.${key}`)!;
      const scale = points.find((point) => point.id === `d.${key}`)!.scaleFactor!;
      const scaled = typeof value === 'number' ? value * scale : value;
      if (typeof expected === 'number') expect(scaled, key).toBeCloseTo(expected, 6);
      else expect(scaled, key).toEqual(expected);
      expect(quality, key).toBe(expected === undefined ? 'bad' : 'good');
    }
  });

  it('a genset starts by key and complement in one write, and is not asked for what it only takes', async () => {
    const device = await new LoopbackModbus().listen();
    for (let address = 0; address < 5_000; address += 1) device.bank.holdingRegisters.set(address, 0);
    const clock = new ManualClock();
    const plan = parse(profiles.find(({ id }) => id === 'deep-sea-gencomm')!);
    const driver = modbusDriver.create({ ...plan, connection: { ...plan.connection, port: device.port } }, clock);
    ended.push(async () => {
      await clock.settle(driver.stop());
      await device.close();
    });
    const sink = new RecordingSink();
    driver.start(sink);
    await clock.until(() => sink.last('d.starts') !== undefined);
    const outcome = await clock.settle(
      driver.execute({
        id: 'c',
        pointId: 'd.control',
        action: { kind: 'operate', code: 'latch_on' },
        mode: 'direct',
        expiresAtMs: clock.now() + 1_000,
      }),
    );
    expect(outcome).toEqual({ status: 'executed' });
    // 35732 and 65535 − 35732.
    expect(device.writes).toEqual([{ kind: 'write_multiple_registers', address: 4104, data: hex('8b94 746b') }]);
    const asked = device.requests.flatMap(({ request }) => ('quantity' in request ? [request] : []));
    expect(asked.some(({ address, quantity }) => address <= 4104 && address + quantity > 4104)).toBe(false);
  });
});
