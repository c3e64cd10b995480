/** Commands, freezes, classes, times and restarts: everything by which our master changes something. */

import { classHeaders, pointRange } from '../master/settings.ts';
import { at, brief, changed, changes, events, type MasterScenario, online, quiet } from './master-scenario.ts';

const crob = (index: number, operation: 'latch_on' | 'latch_off' | 'pulse_on', extra: object = {}) =>
  ({ kind: 'control', index, operation, ...extra }) as const;

export const actingScenarios: MasterScenario[] = [
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
];
