import { describe, expect, it } from 'vitest';
import { orderDerived, parseStationConfiguration } from './check-configuration.ts';
import { ConfigurationError } from './configuration-error.ts';
import { exampleConfiguration } from './example-configuration.ts';

const example = (): any => structuredClone(exampleConfiguration);

/** Problems of the example after a change, as `path: message`. */
function problemsAfter(change: (configuration: any) => void): string[] {
  const configuration = example();
  change(configuration);
  try {
    parseStationConfiguration(configuration);
    return [];
  } catch (error) {
    if (!ConfigurationError.is(error)) throw error;
    return error.problems.map(({ path, message }) => `${path}: ${message}`);
  }
}

describe('a configuration', () => {
  it('gets its defaults', () => {
    const { points, connections, report, timeSync } = parseStationConfiguration(example());
    expect(points[1]).toMatchObject({
      offset: 0,
      hysteresis: 0,
      priority: 'medium',
      writable: false,
      scanRateMs: 1000,
    });
    expect(connections[0]).toMatchObject({ authType: 'none', isActive: true });
    expect(report).toMatchObject({ intervalMs: 1000, refreshMs: 900_000 });
    expect(timeSync.maxOwnOffsetMs).toBe(5000);
  });

  it.each<[string, (configuration: any) => void, RegExp]>([
    ['a field nobody knows', (c) => (c.points[0].scaleFaktor = 2), /^points\[0\]: .*scaleFaktor/],
    ['a wrong type', (c) => (c.points[2].scanRateMs = 'fast'), /^points\[2\]\.scanRateMs: /],
    ['another format', (c) => (c.formatVersion = 2), /^formatVersion: /],
    ['a version of 0', (c) => (c.version = 0), /^version: /],
    ['a scan faster than any line', (c) => (c.points[0].scanRateMs = 1), /^points\[0\]\.scanRateMs: /],
    ['a scale that forgets', (c) => (c.points[0].scaleFactor = 0), /scale factor of 0/],
    [
      'settings without end',
      (c) => (c.connections[0].settings = { x: 'y'.repeat(20_000) }),
      /connections\[0\]\.settings: Longer/,
    ],
    ['a point twice', (c) => c.points.push(c.points[0]), /^points\[4\]\.id: "M1\.voltage" is there twice/],
    ['a derived point of a taken id', (c) => (c.derivedPoints[0].id = 'M1.voltage'), /is a measured point already/],
    [
      'no such device',
      (c) => (c.points[0].deviceId = 'M9'),
      /^points\[M1\.voltage\]\.deviceId: There is no device "M9"/,
    ],
    ['no such connection', (c) => (c.devices[0].connectionId = 'x'), /^devices\[M1\]\.connectionId: /],
    ['alarm limits the wrong way round', (c) => (c.points[0].alarmLow = 300), /alarmHigh: Not above alarmLow \(300\)/],
    ['validity the wrong way round', (c) => (c.points[0].lowLimit = 900), /lowLimit: Not below highLimit/],
    ['hysteresis as wide as the band', (c) => (c.points[0].hysteresis = 46), /no alarm would ever clear/],
    ['limits of a contact', (c) => (c.points[2].alarmHigh = 1), /A double_bit has no limits/],
    ['states of a measurement', (c) => (c.points[0].alarmStates = [1]), /has limits, no states/],
    ['a control that cannot be written', (c) => (c.points[3].writable = false), /control: The point is not writable/],
    [
      'a read-back of nothing',
      (c) => (c.points[3].control.readBack.pointId = 'no'),
      /readBack\.pointId: There is no point/,
    ],
    ['an interlock that does not parse', (c) => (c.points[3].control.interlock = '1 +'), /interlock: Expected/],
    ['an expression of unknown points', (c) => (c.derivedPoints[0].expression = '[q]'), /There is no point "q"/],
    ['an expression of itself', (c) => (c.derivedPoints[0].expression = '[M1.power]'), /Depends on itself/],
    [
      'a switch that is nowhere',
      (c) => (c.remoteControl = { pointId: 'no', remoteWhen: true }),
      /remoteControl\.pointId/,
    ],
    [
      'a password in the document',
      (c) => {
        c.connections[0].authType = 'basic';
        c.connections[0].credentials = { username: 'u', password: 'secret' };
      },
      /credentials\.password: /,
    ],
    ['basic without a password', (c) => (c.connections[0].authType = 'basic'), /needs username and password/],
  ])('is refused with %s', (_, change, message) => {
    expect(problemsAfter(change)).toContainEqual(expect.stringMatching(message));
  });

  it('tells every problem at once, and not without end', () => {
    const problems = problemsAfter((c) => {
      c.points = Array.from({ length: 80 }, (_, i) => ({ ...c.points[1], id: `p${i}`, deviceId: 'none' }));
    });
    expect(problems).toHaveLength(50);
  });

  it('of 100,000 points is fine, and of one more is not', () => {
    const configuration = example();
    const [, point] = configuration.points;
    configuration.points.push(...Array.from({ length: 99_996 }, (_, i) => ({ ...point, id: `p${i}` })));
    expect(parseStationConfiguration(configuration).points).toHaveLength(100_000);
    configuration.points.push({ ...point, id: 'one-more' });
    expect(() => parseStationConfiguration(configuration)).toThrow(/points: /);
  });
});

describe('derived points', () => {
  it('come after what they read, and circles are found', () => {
    const inputs = new Map([
      ['c', ['b', 'x']],
      ['b', ['a']],
      ['a', []],
      ['e', ['f']],
      ['f', ['e']],
      ['g', ['f']],
    ]);
    expect(orderDerived(inputs)).toEqual({ ordered: ['a', 'b', 'c'], cyclic: ['e', 'f', 'g'] });
  });
});
