import { describe, expect, it } from 'vitest';
import { Plant } from './plant.ts';

const noon = Date.UTC(2026, 0, 15, 9);

describe('the plant', () => {
  it('is the same for the same seed and time, and another for another seed', () => {
    const at = (seed: number) => {
      const plant = new Plant(seed, noon);
      plant.advance(noon + 30_000);
      return JSON.stringify([plant.feeders, plant.consumers, plant.busbarKv, plant.transformerC]);
    };
    expect(at(1)).toBe(at(1));
    expect(at(1)).not.toBe(at(2));
  });

  it('keeps the laws: S = √3 U I on feeders, P = 3 U I cos φ at meters', () => {
    const { feeders, consumers, busbarKv } = new Plant(3, noon);
    const { activeKw, reactiveKvar, currentA } = feeders.F1;
    expect(Math.sqrt(3) * busbarKv * currentA).toBeCloseTo(Math.hypot(activeKw, reactiveKvar), 6);
    for (const { voltageV, currentA: phaseA, powerFactor, activeW } of Object.values(consumers))
      expect(3 * voltageV * phaseA * powerFactor).toBeCloseTo(activeW, 3);
  });

  it('takes the load away when a breaker opens, after its own time, and gives it back', () => {
    const plant = new Plant(1, noon);
    const loadedKw = plant.feeders.F1.activeKw;
    const doneMs = plant.operate('F1', 'off', noon)!;
    plant.advance(doneMs - 1);
    expect(plant.feeders.F1.position).toBe('intermediate');
    plant.advance(doneMs);
    expect(plant.feeders.F1).toMatchObject({ position: 'off', activeKw: 0, currentA: 0, operations: 1 });
    expect(plant.consumers.market).toMatchObject({ voltageV: 0, currentA: 0, activeW: 0 });
    expect(plant.consumers.mill.voltageV).toBeGreaterThan(200);
    plant.advance(plant.operate('F1', 'on', doneMs)!);
    expect(plant.feeders.F1.activeKw / loadedKw).toBeCloseTo(1, 1);
  });

  it('does not move a breaker that moves or is there already', () => {
    const plant = new Plant(1, noon);
    expect(plant.operate('F2', 'on', noon)).toBeUndefined();
    plant.operate('F2', 'off', noon);
    expect(plant.operate('F2', 'on', noon + 1)).toBeUndefined();
  });

  it('counts energy only while there is power, and never backwards', () => {
    const plant = new Plant(1, noon);
    const before = plant.consumers.market.importWh;
    plant.advance(noon + 36_000);
    const counted = plant.consumers.market.importWh - before;
    expect(counted).toBeCloseTo((plant.consumers.market.activeW * 36) / 3600, 1);
    plant.advance(noon);
    plant.advance(plant.operate('F1', 'off', noon + 36_000)!);
    const dark = plant.consumers.market.importWh;
    plant.advance(noon + 90_000);
    expect(plant.consumers.market.importWh).toBe(dark);
  });

  it('warms its transformer slowly under load and cools it without', () => {
    const plant = new Plant(1, noon);
    const before = plant.transformerC;
    plant.setExtraLoad('F1', 3_000);
    for (let minute = 1; minute <= 30; minute += 1) plant.advance(noon + minute * 60_000);
    expect(plant.transformerC).toBeGreaterThan(before + 5);
    expect(plant.transformerC).toBeLessThan(100);
  });
});
