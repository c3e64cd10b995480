/** Polls, unsolicited responses, events and links: everything by which our master learns. */

import { pointRange } from '../master/settings.ts';
import { at, brief, changed, changes, events, type MasterScenario, online, quiet } from './master-scenario.ts';

export const readingScenarios: MasterScenario[] = [
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
