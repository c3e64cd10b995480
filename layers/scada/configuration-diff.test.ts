import { describe, expect, it } from 'vitest';
import { exampleConfiguration } from '../station/example-configuration.ts';
import { parseConfigurationShape } from '../station/station-configuration.ts';
import { diffConfigurations, isSame } from './configuration-diff.ts';

const before = parseConfigurationShape(exampleConfiguration);

describe('a difference of configurations', () => {
  it('is nothing between versions that only differ in number and order of attributes', () => {
    const after = {
      ...before,
      version: 13,
      points: before.points.map((point) => Object.fromEntries(Object.entries(point).reverse()) as typeof point),
    };
    expect(isSame(diffConfigurations(before, after))).toBe(true);
  });

  it('names what was added, removed and changed, with both values', () => {
    const [first, second, ...rest] = before.points;
    const after = {
      ...before,
      points: [{ ...first!, alarmHigh: 250, unit: undefined }, ...rest, { ...second!, id: 'M1.new' }],
      report: { ...before.report, intervalMs: 5000 },
    };
    const difference = diffConfigurations(before, after);
    expect(difference.points).toEqual({
      added: ['M1.new'],
      removed: [second!.id],
      changed: [{ id: first!.id, fields: { alarmHigh: { old: 253, new: 250 }, unit: { old: 'V' } } }],
    });
    expect(difference.settings).toHaveProperty('report');
    expect(isSame(difference)).toBe(false);
  });

  it('of a first version is everything it holds', () => {
    expect(diffConfigurations(undefined, before).devices.added).toEqual(['M1', 'RTU1']);
  });
});
