/**
 * What our master does against an outstation of the reference, function by function, and what must come of it. Written so
 * that the same code records against the reference and replays against its octets.
 */
import { type Measurement, qualityNames } from '../master/measurements.ts';
import type { RemoteOutstation } from '../master/remote-outstation.ts';
import { classHeaders, pointRange, type RemoteOutstationSettings } from '../master/settings.ts';
import { scenarioStartMs } from './recording.ts';

export interface MasterStage {
  station: RemoteOutstation;
  /** A second outstation on the same line, where the scenario has one. */
  second?: RemoteOutstation;
  measurements: Measurement[];
  problems: string[];
  /** Does something to the outstation, e.g. `b 0 1 1 1767225600000`: kind, index, value, flags, time. */
  stimulate(what: string): Promise<void>;
  until(condition: () => boolean): Promise<void>;
}

export interface MasterScenario {
  name: string;
  /** How the reference is set: points of each type, and environment. */
  points?: number;
  environment?: Record<string, string>;
  master?: Partial<RemoteOutstationSettings>;
  hasSecond?: boolean;
  run(stage: MasterStage): Promise<unknown>;
  expected: unknown;
}

const at = (ms: number): number => scenarioStartMs + ms;

/** `2.2 binary_input 0 true ONLINE +500` */
export function brief(measurement: Measurement): string {
  const { group, variation, kind, index, value, timeMs, isTimeUncertain } = measurement;
  const shown = Buffer.isBuffer(value) ? JSON.stringify(value.toString('latin1')) : String(value);
  const time = timeMs === undefined ? '' : ` +${timeMs - scenarioStartMs}${isTimeUncertain ? '?' : ''}`;
  return `${group}.${variation} ${kind} ${index} ${shown} ${qualityNames(measurement).join('|')}${time}`;
}

const online = (stage: MasterStage): Promise<void> => stage.until(() => stage.station.state === 'online');
const events = (stage: MasterStage): string[] => stage.measurements.filter(({ isEvent }) => isEvent).map(brief);
const quiet: Partial<RemoteOutstationSettings> = { unsolicitedClasses: [], pollsAnnouncedEvents: false };

const changes = [
  `b 0 1 1 ${at(100)}`,
  `b 1 1 1 ${at(200)} b 1 0 1 ${at(450)}`,
  `b 3 1 33 ${at(500)}`,
  `d 0 2 1 ${at(600)} d 1 1 1 ${at(700)}`,
  `a 0 12.5 1 ${at(800)} a 1 -0.125 1 ${at(900)} a 2 100000 1 ${at(1000)} a 3 -7 1 ${at(1100)} a 4 40000 1 ${at(1150)}`,
  `c 0 4294967295 1 ${at(1200)}`,
  `B 0 1 1 ${at(1300)}`,
  `A 0 2.5 1 ${at(1400)}`,
  `s 0 breaker`,
];
const changed = [
  '2.2 binary_input 0 true ONLINE +100',
  '2.3 binary_input 1 true ONLINE +200',
  '2.3 binary_input 1 false ONLINE +450',
  '2.1 binary_input 3 true ONLINE|CHATTER_FILTER',
  '4.2 double_bit_input 0 2 ONLINE +600',
  '4.3 double_bit_input 1 1 ONLINE +700',
  '32.7 analog_input 0 12.5 ONLINE +800',
  '32.8 analog_input 1 -0.125 ONLINE +900',
  '32.3 analog_input 2 100000 ONLINE +1000',
  '32.4 analog_input 3 -7 ONLINE +1100',
  '32.2 analog_input 4 32767 ONLINE|OVER_RANGE',
  '22.5 counter 0 4294967295 ONLINE +1200',
  '11.2 binary_output 0 true ONLINE +1300',
  '42.7 analog_output 0 2.5 ONLINE +1400',
  '111.7 octet_string 0 "breaker" ',
];

const crob = (index: number, operation: 'latch_on' | 'latch_off' | 'pulse_on', extra: object = {}) =>
  ({ kind: 'control', index, operation, ...extra }) as const;

export const masterScenarios: MasterScenario[] = [
  {
    name: 'start-up and integrity poll',
    points: 5,
    async run(stage) {
      await online(stage);
      return stage.measurements.map(brief);
    },
    expected: [
      ...[0, 1, 2, 3, 4].map((index) => `1.2 binary_input ${index} false RESTART`),
      ...[0, 1, 2, 3, 4].map((index) => `3.2 double_bit_input ${index} 0 RESTART`),
      ...[5, 6, 1, 2, 4].map(
        (variation, index) => `30.${variation} analog_input ${index} 0 ${variation === 4 ? 'ONLINE' : 'RESTART'}`,
      ),
      ...[0, 1, 2, 3, 4].map(
        (index) => `20.${index === 1 ? 6 : 1} counter ${index} 0 ${index === 1 ? 'ONLINE' : 'RESTART'}`,
      ),
      ...[0, 1, 2, 3, 4].map((index) => `21.5 frozen_counter ${index} 0 RESTART`),
      ...[0, 1, 2, 3, 4].map((index) => `10.2 binary_output ${index} false RESTART`),
      ...[0, 1, 2, 3, 4].map((index) => `40.3 analog_output ${index} 0 RESTART`),
      ...[0, 1, 2, 3, 4].map((index) => `110.1 octet_string ${index} "\\u0000" `),
    ],
  },
  {
    name: 'unsolicited responses',
    points: 5,
    async run(stage) {
      await online(stage);
      for (const [done, change] of changes.entries()) {
        await stage.stimulate(change);
        await stage.until(() => events(stage).length >= [1, 3, 4, 6, 11, 12, 13, 14, 15][done]!);
      }
      return events(stage);
    },
    expected: changed,
  },
  {
    name: 'event polls by class',
    points: 5,
    environment: { NOUNSOL: '1' },
    master: quiet,
    async run(stage) {
      await online(stage);
      for (const change of changes) await stage.stimulate(change);
      const counts: number[] = [];
      for (const classes of [[2], [3], [1]] as const) {
        await stage.station.eventPoll(classes);
        counts.push(events(stage).length);
      }
      return { counts, events: events(stage).sort() };
    },
    expected: { counts: [5, 6, 15], events: [...changed].sort() },
  },
  {
    name: 'events announced by indications',
    points: 5,
    environment: { NOUNSOL: '1' },
    master: { unsolicitedClasses: [] },
    async run(stage) {
      await online(stage);
      await stage.stimulate(changes[0]!);
      await stage.station.read([pointRange(1, 0, 0, 0)]);
      await stage.until(() => events(stage).length > 0);
      return events(stage);
    },
    expected: changed.slice(0, 1),
  },
  {
    name: 'response of several fragments',
    points: 120,
    environment: { TXFRAG: '512' },
    master: quiet,
    async run(stage) {
      await online(stage);
      return { values: stage.measurements.length, last: brief(stage.measurements.at(-1)!) };
    },
    expected: { values: 8 * 120, last: '110.1 octet_string 119 "\\u0000" ' },
  },
  {
    name: 'many events over several fragments',
    points: 5,
    environment: { NOUNSOL: '1' },
    master: quiet,
    async run(stage) {
      await online(stage);
      for (let batch = 0; batch < 10; batch += 1)
        await stage.stimulate(
          Array.from({ length: 40 }, (_, n) => `a 0 ${batch * 40 + n + 1} 1 ${at(batch * 40 + n)}`).join(' '),
        );
      await stage.station.eventPoll();
      const got = stage.measurements.filter(({ isEvent }) => isEvent);
      return { count: got.length, inOrder: got.every(({ value, timeMs }, n) => value === n + 1 && timeMs === at(n)) };
    },
    expected: { count: 400, inOrder: true },
  },
  {
    name: 'reads of ranges, groups and counts',
    points: 5,
    environment: { NOUNSOL: '1' },
    master: quiet,
    async run(stage) {
      await online(stage);
      for (const change of changes) await stage.stimulate(change);
      stage.measurements.length = 0;
      await stage.station.read([pointRange(30, 0, 1, 2), pointRange(30, 2, 0, 0), pointRange(1, 1, 0, 4)]);
      await stage.station.read([{ group: 20, variation: 0 }]);
      await stage.station.read([{ group: 2, variation: 1, range: { kind: 'count', count: 2 } }]);
      await stage.station.read([{ group: 32, variation: 5 }]);
      await stage.station.read([{ group: 110, variation: 0 }]);
      const missing = await stage.station.read([pointRange(30, 0, 3, 9)]).then(
        () => 'answered',
        (error: Error) => error.message,
      );
      return { values: stage.measurements.map(brief), missing };
    },
    expected: {
      values: [
        '1.1 binary_input 0 true ONLINE',
        '1.1 binary_input 1 false ONLINE',
        '1.2 binary_input 2 false RESTART',
        '1.2 binary_input 3 true ONLINE|CHATTER_FILTER',
        '1.2 binary_input 4 false RESTART',
        '30.2 analog_input 0 12 ONLINE',
        '30.6 analog_input 1 -0.125 ONLINE',
        '30.1 analog_input 2 100000 ONLINE',
        '20.1 counter 0 4294967295 ONLINE',
        '20.6 counter 1 0 ONLINE',
        ...[2, 3, 4].map((index) => `20.1 counter ${index} 0 RESTART`),
        '2.1 binary_input 0 true ONLINE',
        '2.1 binary_input 1 true ONLINE',
        '32.5 analog_input 0 12.5 ONLINE',
        '32.5 analog_input 1 -0.125 ONLINE',
        '32.5 analog_input 2 100000 ONLINE',
        '32.5 analog_input 3 -7 ONLINE',
        '32.5 analog_input 4 40000 ONLINE',
        '110.7 octet_string 0 "breaker" ',
        ...[1, 2, 3, 4].map((index) => `110.1 octet_string ${index} "\\u0000" `),
        '30.2 analog_input 3 -7 ONLINE',
        '30.4 analog_input 4 32767 ONLINE',
      ],
      missing: 'The outstation answered the read with parameterError.',
    },
  },
  {
    name: 'time synchronization, LAN procedure',
    points: 5,
    environment: { NEEDTIME: '1' },
    async run(stage) {
      await online(stage);
      await stage.stimulate(changes[0]!);
      await stage.until(() => events(stage).length > 0);
      return { events: events(stage), problems: stage.problems };
    },
    expected: { events: changed.slice(0, 1), problems: [] },
  },
  {
    name: 'time synchronization, serial procedure',
    points: 5,
    environment: { NEEDTIME: '1' },
    master: { timeSync: 'non_lan' },
    async run(stage) {
      await online(stage);
      return { delayIsSmall: (await stage.station.measureDelay()) < 1000, problems: stage.problems };
    },
    expected: { delayIsSmall: true, problems: [] },
  },
  {
    name: 'commands',
    points: 10,
    master: quiet,
    async run({ station, ...stage }) {
      await online({ station, ...stage });
      const results: unknown[] = [];
      const operate = async (...[commands, options]: Parameters<typeof station.operate>): Promise<void> => {
        for (const result of await station.operate(commands, options))
          results.push('reason' in result ? `${result.outcome}: ${result.reason}` : result.outcome);
      };
      await operate([crob(0, 'latch_on')]);
      await operate([crob(1, 'pulse_on', { tripClose: 'close', onMs: 250, offMs: 0 })]);
      await operate([crob(2, 'latch_off')], { mode: 'direct_operate' });
      await operate([crob(3, 'latch_on')], { mode: 'direct_operate_no_ack' });
      await operate([{ kind: 'set_point', index: 0, value: -1000, as: 'int16' }]);
      await operate([{ kind: 'set_point', index: 1, value: 100000, as: 'int32' }]);
      await operate([{ kind: 'set_point', index: 2, value: 1.5, as: 'float32' }], { mode: 'direct_operate' });
      await operate([{ kind: 'set_point', index: 3, value: 0.1, as: 'float64' }]);
      await operate([crob(4, 'latch_on'), crob(5, 'latch_on'), { kind: 'set_point', index: 4, value: 7, as: 'int16' }]);
      await operate([crob(9, 'latch_on')]);
      await operate([crob(8, 'latch_on')]);
      await operate([crob(0, 'latch_on'), crob(77, 'latch_on')]);
      await station.read([
        { group: 10, variation: 2 },
        { group: 40, variation: 4 },
      ]);
      const outputs = stage.measurements.filter(({ kind, flags }) => kind.endsWith('output') && flags === 1);
      return { results, outputs: outputs.filter(({ isEvent }) => !isEvent).map(brief) };
    },
    expected: {
      results: [
        'success',
        'success',
        'success',
        'sent',
        'success',
        'success',
        'success',
        'success',
        'success',
        'success',
        'success',
        'refused: LOCAL',
        'refused: HARDWARE_ERROR',
        'not_sent: Another command of the same request was not selected.',
        'refused: NOT_SUPPORTED',
      ],
      outputs: [
        '10.2 binary_output 0 true ONLINE',
        '10.2 binary_output 1 true ONLINE',
        '10.2 binary_output 2 false ONLINE',
        '10.2 binary_output 3 true ONLINE',
        '10.2 binary_output 4 true ONLINE',
        '10.2 binary_output 5 true ONLINE',
        '40.4 analog_output 0 -1000 ONLINE',
        '40.4 analog_output 1 100000 ONLINE',
        '40.4 analog_output 2 1.5 ONLINE',
        '40.4 analog_output 3 0.1 ONLINE',
        '40.4 analog_output 4 7 ONLINE',
      ],
    },
  },
  {
    name: 'frozen counters',
    points: 3,
    environment: { NOUNSOL: '1' },
    master: quiet,
    async run(stage) {
      await online(stage);
      await stage.stimulate(`c 0 100 1 ${at(0)} c 1 200 1 ${at(0)}`);
      await stage.station.freeze([{ group: 20, variation: 0 }]);
      await stage.stimulate(`c 0 150 1 ${at(10)}`);
      await stage.station.freeze([pointRange(20, 0, 0, 0)], { clear: true });
      stage.measurements.length = 0;
      await stage.station.read(classHeaders([3]));
      await stage.station.read([
        { group: 20, variation: 1 },
        { group: 21, variation: 1 },
      ]);
      return stage.measurements.map(brief);
    },
    expected: [
      '22.5 counter 0 100 ONLINE +0',
      '22.5 counter 1 200 ONLINE +0',
      '23.5 frozen_counter 0 100 ONLINE +0',
      '23.5 frozen_counter 1 200 ONLINE +0',
      '22.5 counter 0 150 ONLINE +10',
      '23.5 frozen_counter 0 150 ONLINE +0',
      '22.5 counter 0 0 ONLINE +0',
      '20.1 counter 0 0 ONLINE',
      '20.1 counter 1 200 ONLINE',
      '20.1 counter 2 0 RESTART',
      '21.1 frozen_counter 0 150 ONLINE',
      '21.1 frozen_counter 1 200 ONLINE',
      '21.1 frozen_counter 2 0 RESTART',
    ],
  },
  {
    name: 'assign class',
    points: 3,
    environment: { NOUNSOL: '1' },
    master: quiet,
    async run(stage) {
      await online(stage);
      await stage.station.assignClass(3, [{ group: 1, variation: 0 }]);
      await stage.station.assignClass(0, [pointRange(30, 0, 0, 1)]);
      await stage.stimulate(`b 0 1 1 ${at(1)} a 0 5 1 ${at(2)} a 2 6 1 ${at(3)}`);
      const seen: string[][] = [];
      for (const number of [1, 2, 3] as const) {
        stage.measurements.length = 0;
        await stage.station.eventPoll([number]);
        seen.push(stage.measurements.map(brief));
      }
      return seen;
    },
    expected: [[], ['32.7 analog_input 2 6 ONLINE +3'], ['2.2 binary_input 0 true ONLINE +1']],
  },
  {
    name: 'restarts and the restart indication',
    points: 2,
    async run(stage) {
      await online(stage);
      const delays = [await stage.station.restart('cold'), await stage.station.restart('warm')];
      stage.measurements.length = 0;
      await stage.stimulate('restart');
      await stage.station.eventPoll();
      await stage.until(() => stage.measurements.length >= 16);
      return { delays, values: stage.measurements.length };
    },
    expected: { delays: [7000, 250], values: 16 },
  },
  {
    name: 'overflow of the event buffer',
    points: 2,
    environment: { NOUNSOL: '1', CAP: '5' },
    master: quiet,
    async run(stage) {
      await online(stage);
      await stage.stimulate(Array.from({ length: 8 }, (_, n) => `a 0 ${n + 1} 1 ${at(n)}`).join(' '));
      stage.measurements.length = 0;
      await stage.station.read([pointRange(20, 0, 0, 0)]);
      await stage.until(() => stage.measurements.length >= 1 + 5 + 16);
      return { events: events(stage), problems: stage.problems };
    },
    expected: {
      events: [4, 5, 6, 7, 8].map((value) => `32.7 analog_input 0 ${value} ONLINE +${value - 1}`),
      problems: [],
    },
  },
  {
    name: 'dead-bands',
    points: 2,
    master: quiet,
    async run(stage) {
      await online(stage);
      return stage.station.writeDeadBands(3, [{ index: 0, value: 2.5 }]).then(
        () => 'written',
        (error: Error) => error.message,
      );
    },
    expected: 'The outstation answered the request with objectUnknown.',
  },
  {
    name: 'confirmed link frames',
    points: 2,
    master: { ...quiet, confirmsUserData: true },
    async run(stage) {
      await online(stage);
      await stage.station.integrityPoll();
      return stage.measurements.length;
    },
    expected: 32,
  },
  {
    name: 'two outstations on one line',
    points: 2,
    environment: { TWO: '1', NOUNSOL: '1' },
    master: quiet,
    hasSecond: true,
    async run(stage) {
      await online(stage);
      await stage.until(() => stage.second?.state === 'online');
      await Promise.all([stage.station.integrityPoll(), stage.second!.integrityPoll()]);
      return stage.measurements.length;
    },
    expected: 4 * 16,
  },
];
