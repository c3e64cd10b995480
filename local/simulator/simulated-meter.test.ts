import { expect, test } from 'vitest';
import { momentAt } from './calendar.ts';
import { phasesOf } from './electrical.ts';
import type { MeterFault } from './meter-faults.ts';
import { type Profile, profiles } from './profiles.ts';
import { REGISTER_CAPACITY_KWH, SimulatedMeter } from './simulated-meter.ts';

const START = Date.parse('2026-04-26T00:00:00+03:00');
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

function meter(
  profile: Profile,
  fault?: MeterFault,
  options: { initial?: number; hasSupply?: (at: number) => boolean } = {},
) {
  return new SimulatedMeter(
    { id: 'ACR-000001', type: 'ADL200', profile, initialRegisterKwh: options.initial ?? 100 },
    'ST-1',
    {
      seed: 3,
      startMs: START,
      faults: fault ? { [fault]: 1 } : {},
      hasSupply: options.hasSupply ?? (() => true),
    },
  );
}

test.each(profiles)('the register of a %s is the integral of its power', (profile) => {
  const subject = meter(profile);
  let kwh = 0;
  for (let at = START; at < START + DAY_MS; at += 60_000) kwh += Math.max(0, subject.powerKw(at + 30_000)) / 60;
  subject.advance(START + DAY_MS);
  expect(subject.registerKwh - 100).toBeGreaterThan(kwh * 0.97);
  expect(subject.registerKwh - 100).toBeLessThan(kwh * 1.03);
});

test('the register does not depend on how often it is read, and never falls', () => {
  const often = meter('household');
  const once = meter('household');
  let last = 100;
  for (let at = START; at <= START + DAY_MS; at += 300_000) {
    const { reading } = often.read(at, 0.5).data;
    expect(reading).toBeGreaterThanOrEqual(last);
    last = reading;
  }
  once.advance(START + DAY_MS);
  expect(once.registerKwh).toBeCloseTo(often.registerKwh, 6);
});

test('consumption is the difference of registers', () => {
  const subject = meter('shop');
  let sum = 0;
  for (let at = START; at <= START + DAY_MS; at += 900_000) sum += subject.read(at, 0.5).data.consumption;
  expect(sum).toBeCloseTo(subject.registerKwh - 100, 1);
});

test.each(profiles)('power, voltage, current and power factor of a %s agree', (profile) => {
  const subject = meter(profile);
  for (let at = START; at < START + DAY_MS; at += 1_000_000) {
    const { voltage, current, power_factor: powerFactor } = subject.read(at, 0.6).data;
    const kw = (phasesOf(profile) * voltage * current * powerFactor) / 1000;
    expect(kw).toBeCloseTo(Math.abs(subject.powerKw(at)), 1);
    expect(voltage).toBeGreaterThan(205);
    expect(voltage).toBeLessThan(245);
    expect(powerFactor).toBeGreaterThan(0.5);
    expect(powerFactor).toBeLessThanOrEqual(1);
  }
});

test('a roof feeds its own register, and only roofs have one', () => {
  const roof = meter('solar');
  const noon = START + 12 * HOUR_MS;
  const { reading_export: before = 0, reading } = roof.read(noon, 0.5).data;
  const later = roof.read(noon + HOUR_MS / 2, 0.5).data;
  let exported = 0;
  for (let at = noon; at < noon + HOUR_MS / 2; at += 60_000) exported -= Math.min(0, roof.powerKw(at + 30_000)) / 60;
  expect(later.reading_export! - before).toBeGreaterThan(0.5);
  expect(later.reading_export! - before).toBeCloseTo(exported, 1);
  expect(later.reading).toBe(reading);
  expect(meter('household').read(noon, 0.5).data).not.toHaveProperty('reading_export');
});

test('without supply or with an open relay nothing is drawn', () => {
  const dark = meter('household', undefined, { hasSupply: () => false });
  dark.advance(START + DAY_MS);
  expect(dark.registerKwh).toBe(100);
  const off = meter('household');
  off.relayClosed = false;
  off.advance(START + DAY_MS);
  expect(off.registerKwh).toBe(100);
  expect(off.read(START + DAY_MS, 0.5).data.current).toBe(0);
});

test('a drifting meter counts too much, and more each day', () => {
  const subject = meter('workshop', 'drift');
  const excess: number[] = [];
  for (let day = 1; day <= 3; day++) {
    const before = { register: subject.registerKwh, truth: subject.trueKwh };
    subject.advance(START + day * DAY_MS);
    excess.push((subject.registerKwh - before.register) / (subject.trueKwh - before.truth));
  }
  expect(excess[0]).toBeGreaterThan(1);
  expect(excess[2]).toBeGreaterThan(excess[1]!);
  expect(excess[2]).toBeLessThan(1.07);
});

test('a jumping meter leaps once a day', () => {
  const subject = meter('household', 'jump');
  subject.advance(START + 4 * DAY_MS);
  const invented = subject.registerKwh - 100 - subject.trueKwh;
  expect(invented).toBeGreaterThan(4 * 50);
  expect(invented).toBeLessThan(4 * 500);
});

test('a restarting meter begins again at zero and says so once', () => {
  const subject = meter('household', 'restart', { initial: 5_000 });
  subject.advance(START + DAY_MS);
  expect(subject.registerKwh).toBeLessThan(50);
  expect(subject.takeRestart()).toBeGreaterThan(START);
  expect(subject.takeRestart()).toBeUndefined();
});

test('a register at its end rolls over to zero', () => {
  const subject = meter('workshop', 'rollover');
  expect(subject.registerKwh).toBeGreaterThan(REGISTER_CAPACITY_KWH - 4);
  subject.advance(START + 2 * DAY_MS);
  expect(subject.registerKwh).toBeLessThan(1_000);
});

test('a silent meter is silent for some hours of every day', () => {
  const subject = meter('household', 'silent');
  const silentHours = new Map<number, number>();
  for (let at = START + DAY_MS; at < START + 11 * DAY_MS; at += HOUR_MS / 4)
    if (subject.isSilent(at)) silentHours.set(momentAt(at).day, (silentHours.get(momentAt(at).day) ?? 0) + 0.25);
  const total = [...silentHours.values()].reduce((sum, hours) => sum + hours, 0);
  expect(total / 10).toBeGreaterThan(1);
  expect(total / 10).toBeLessThan(6);
  expect(meter('household').isSilent(START)).toBe(false);
});

test('a meter that sends garbage damages about a fifth of its messages', () => {
  const subject = meter('household', 'garbage');
  let damaged = 0;
  for (let i = 0; i < 2_000; i++) if (subject.damageAt(START + i * 60_000) !== undefined) damaged += 1;
  expect(damaged / 2_000).toBeGreaterThan(0.15);
  expect(damaged / 2_000).toBeLessThan(0.25);
});
