/** What a master of the reference does against our outstation, and what it must say it saw. */
import { commandStatus } from '../objects/command-status.ts';
import type { PointDefinition } from '../outstation/database.ts';
import type { Outstation } from '../outstation/outstation.ts';
import type { OutstationHandler, OutstationSettings } from '../outstation/settings.ts';
import { scenarioStartMs } from './recording.ts';

export type OutstationStep =
  /** Tells the reference master to do something, and waits for what it says. */
  | { master: string; until?: RegExp }
  /** Does something to our outstation; the name of an action. */
  | { outstation: string; until?: RegExp }
  | { until: RegExp }
  | { pauseMs: number };

export interface OutstationScenario {
  name: string;
  points: readonly PointDefinition[];
  outstation?: Partial<OutstationSettings>;
  handler?: () => OutstationHandler;
  environment?: Record<string, string>;
  actions?: Record<string, (outstation: Outstation) => void>;
  steps: readonly OutstationStep[];
  /** Lines the reference master must have said. */
  expected: readonly string[];
}

const timeMs = scenarioStartMs + 500;
const started = { until: /TASK STARTUP_INTEGRITY_POLL SUCCESS/ };
const speaking = { until: /TASK ENABLE_UNSOLICITED SUCCESS/ };
const done = /TASK USER_TASK SUCCESS/;
const commanded = /^CMD/;

const allKinds: PointDefinition[] = [
  { kind: 'binary_input', index: 0, eventClass: 1, value: true, flags: 1 },
  { kind: 'binary_input', index: 1, eventClass: 1, flags: 1, staticVariation: 1, eventVariation: 3 },
  { kind: 'binary_input', index: 2, eventClass: 1, flags: 1, staticVariation: 1, value: true, eventVariation: 3 },
  { kind: 'double_bit_input', index: 0, eventClass: 1, value: 2, flags: 1 },
  { kind: 'double_bit_input', index: 1, eventClass: 1, value: 1, flags: 1, staticVariation: 1, eventVariation: 3 },
  { kind: 'binary_output', index: 0, eventClass: 1, value: true, flags: 1 },
  { kind: 'counter', index: 0, eventClass: 3, value: 4_000_000_000, flags: 1 },
  { kind: 'counter', index: 1, eventClass: 3, value: 70_000, flags: 1, staticVariation: 2 },
  { kind: 'frozen_counter', index: 0, eventClass: 3, value: 5, flags: 1 },
  { kind: 'frozen_counter', index: 1, eventClass: 0, value: 6, flags: 1, staticVariation: 9 },
  { kind: 'analog_input', index: 0, eventClass: 2, value: 1.5, flags: 1 },
  { kind: 'analog_input', index: 1, eventClass: 2, value: -0.1, flags: 1, staticVariation: 6, eventVariation: 8 },
  { kind: 'analog_input', index: 2, eventClass: 2, value: 100_000, flags: 1, staticVariation: 2, eventVariation: 4 },
  { kind: 'analog_input', index: 300, eventClass: 2, value: -70_000, flags: 1, staticVariation: 1, eventVariation: 1 },
  { kind: 'analog_output', index: 0, eventClass: 2, value: 2.5, flags: 1 },
  { kind: 'octet_string', index: 0, eventClass: 1, value: Buffer.from('feeder') },
  { kind: 'octet_string', index: 1, value: Buffer.from('seven') },
];

function change(outstation: Outstation): void {
  outstation.update('binary_input', 0, false, { timeMs, flags: 0x21 });
  outstation.update('binary_input', 1, true, { timeMs: timeMs + 1 });
  outstation.update('binary_input', 2, false, { timeMs: timeMs + 250 });
  outstation.update('double_bit_input', 0, 1, { timeMs: timeMs + 300 });
  outstation.update('double_bit_input', 1, 3, { timeMs: timeMs + 310 });
  outstation.update('binary_output', 0, false, { timeMs: timeMs + 320 });
  outstation.update('counter', 0, 4_000_000_001, { timeMs: timeMs + 330 });
  outstation.update('analog_input', 0, 3.25, { timeMs: timeMs + 340 });
  outstation.update('analog_input', 1, 1e300, { timeMs: timeMs + 350 });
  outstation.update('analog_input', 2, -100_000, { timeMs: timeMs + 360 });
  outstation.update('analog_input', 300, 80_000, { timeMs: timeMs + 370 });
  outstation.update('analog_output', 0, 7.5, { timeMs: timeMs + 380 });
  outstation.update('octet_string', 0, Buffer.from('tripped'));
}

const changed = [
  `binary 0 0 f=33 t=${timeMs} q=1 gv=Group2Var2`,
  `binary 1 1 f=129 t=${timeMs + 1} q=1 gv=Group2Var3`,
  `binary 2 0 f=1 t=${timeMs + 250} q=1 gv=Group2Var3`,
  `double 0 1 f=65 t=${timeMs + 300} q=1 gv=Group4Var2`,
  `double 1 3 f=193 t=${timeMs + 310} q=1 gv=Group4Var3`,
  `bo 0 0 f=1 t=${timeMs + 320} q=1 gv=Group11Var2`,
  `counter 0 4000000001 f=1 t=${timeMs + 330} q=1 gv=Group22Var5`,
  `analog 0 3.25 f=1 t=${timeMs + 340} q=1 gv=Group32Var7`,
  `analog 1 1e+300 f=1 t=${timeMs + 350} q=1 gv=Group32Var8`,
  `analog 2 -32768 f=33 t=${timeMs + 360} q=1 gv=Group32Var4`,
  'analog 300 80000 f=1 t=0 q=0 gv=Group32Var1',
  `ao 0 7.5 f=1 t=${timeMs + 380} q=1 gv=Group42Var7`,
  'string 0 tripped',
];

const outputs: PointDefinition[] = [
  { kind: 'binary_output', index: 0, flags: 1 },
  { kind: 'binary_output', index: 1, flags: 1 },
  { kind: 'analog_output', index: 0, flags: 1 },
];

const obedient = (): OutstationHandler => ({
  select: ({ index }) => (index === 9 ? commandStatus.LOCAL : commandStatus.SUCCESS),
  operate: ({ index }) => (index === 8 ? commandStatus.HARDWARE_ERROR : commandStatus.SUCCESS),
  restart: (kind) => (kind === 'cold' ? 90_000 : 250),
});

const counters: PointDefinition[] = [0, 1].flatMap((index) => [
  { kind: 'counter', index, eventClass: 3, value: 100 + index, flags: 1 } as const,
  { kind: 'frozen_counter', index, eventClass: 3, flags: 1, staticVariation: 1 } as const,
]);

export const outstationScenarios: OutstationScenario[] = [
  {
    name: 'start-up and integrity poll',
    points: allKinds,
    steps: [started, speaking],
    expected: [
      'binary 0 1 f=129 t=0 q=0 gv=Group1Var2',
      'binary 1 0 f=1 t=0 q=0 gv=Group1Var1',
      'binary 2 1 f=129 t=0 q=0 gv=Group1Var1',
      'double 0 2 f=129 t=0 q=0 gv=Group3Var2',
      'bo 0 1 f=129 t=0 q=0 gv=Group10Var2',
      'counter 0 4000000000 f=1 t=0 q=0 gv=Group20Var1',
      'counter 1 4464 f=1 t=0 q=0 gv=Group20Var2',
      'frozen 0 5 f=1 t=0 q=1 gv=Group21Var5',
      'frozen 1 6 f=1 t=0 q=0 gv=Group21Var9',
      'analog 0 1.5 f=1 t=0 q=0 gv=Group30Var5',
      'analog 1 -0.1 f=1 t=0 q=0 gv=Group30Var6',
      'analog 2 32767 f=33 t=0 q=0 gv=Group30Var2',
      'analog 300 -70000 f=1 t=0 q=0 gv=Group30Var1',
      'ao 0 2.5 f=1 t=0 q=0 gv=Group40Var3',
      'string 0 feeder',
      'string 1 seven',
    ],
  },
  {
    name: 'unsolicited responses',
    points: allKinds,
    actions: { change },
    steps: [speaking, { outstation: 'change', until: /string 0 tripped/ }],
    expected: changed,
  },
  {
    name: 'event polls',
    points: allKinds,
    outstation: { sendsUnsolicited: false },
    environment: { NOUNSOL: '1' },
    actions: { change },
    steps: [
      started,
      { outstation: 'change' },
      { master: 'scan 4', until: done },
      { master: 'scan 8', until: done },
      { master: 'scan 2', until: done },
    ],
    expected: changed,
  },
  {
    name: 'response of several fragments',
    points: Array.from({ length: 400 }, (_, index) => ({
      kind: 'analog_input' as const,
      index,
      value: index,
      flags: 1,
    })),
    outstation: { maxSentOctets: 512 },
    steps: [started, speaking],
    expected: [0, 99, 399].map((index) => `analog ${index} ${index} f=1 t=0 q=0 gv=Group30Var5`),
  },
  {
    name: 'reads of ranges, groups and counts',
    points: allKinds,
    outstation: { sendsUnsolicited: false },
    environment: { NOUNSOL: '1' },
    actions: { change },
    steps: [
      started,
      { outstation: 'change' },
      { master: 'range 30 5 1 2', until: done },
      { master: 'all 20 6', until: done },
      { master: 'count 2 1 2', until: done },
      { master: 'all 32 5', until: done },
      { master: 'all 110 0', until: done },
      { master: 'count 50 1 1', until: done },
      { master: 'range 1 2 7 9', until: /TASK USER_TASK/ },
    ],
    expected: [
      'analog 1 3.40282e+38 f=33 t=0 q=0 gv=Group30Var5',
      'analog 2 -100000 f=1 t=0 q=0 gv=Group30Var5',
      'counter 0 10241 f=1 t=0 q=0 gv=Group20Var6',
      'binary 0 0 f=33 t=0 q=0 gv=Group2Var1',
      'binary 1 1 f=129 t=0 q=0 gv=Group2Var1',
      'analog 0 3.25 f=1 t=0 q=0 gv=Group32Var5',
      'string 0 tripped',
      `time ${scenarioStartMs}`,
    ],
  },
  {
    name: 'commands',
    points: outputs,
    handler: obedient,
    steps: [
      speaking,
      { master: 'sbo 3 0 1 100 100', until: commanded },
      { master: 'do 65 1 2 250 50', until: commanded },
      { master: 'sbo 3 9 1 0 0', until: commanded },
      { master: 'sbo 3 8 1 0 0', until: commanded },
      { master: 'sbo2', until: commanded },
      { master: 'aoi16 0 -5', until: commanded },
      { master: 'aoi32 0 100000', until: commanded },
      { master: 'aof32 0 1.5', until: commanded },
      { master: 'aof64 0 0.1', until: commanded },
    ],
    expected: [
      'CMD SUCCESS [0 SUCCESS SUCCESS]',
      'CMD SUCCESS [1 SUCCESS SUCCESS]',
      'CMD SUCCESS [9 SELECT_FAIL LOCAL]',
      'CMD SUCCESS [8 SUCCESS HARDWARE_ERROR]',
      'CMD SUCCESS [0 SUCCESS SUCCESS] [1 SUCCESS SUCCESS] [1 SUCCESS SUCCESS]',
    ],
  },
  {
    name: 'frozen counters',
    points: counters,
    outstation: { sendsUnsolicited: false },
    environment: { NOUNSOL: '1' },
    steps: [
      started,
      { master: 'func 7 20 0', until: done },
      { master: 'funcr 9 20 0 0 0', until: done },
      { master: 'scan 8', until: done },
      { master: 'all 20 1', until: done },
      { master: 'all 21 1', until: done },
    ],
    expected: [
      `frozen 0 100 f=1 t=${scenarioStartMs} q=1 gv=Group23Var5`,
      `frozen 1 101 f=1 t=${scenarioStartMs} q=1 gv=Group23Var5`,
      'counter 0 0 f=1 t=0 q=0 gv=Group20Var1',
      'counter 1 101 f=1 t=0 q=0 gv=Group20Var1',
      'frozen 0 100 f=1 t=0 q=0 gv=Group21Var1',
    ],
  },
  {
    name: 'time synchronization, LAN procedure',
    points: allKinds,
    outstation: { needsTime: true },
    environment: { TIMESYNC: 'lan' },
    steps: [{ until: /TASK LAN_TIME_SYNC SUCCESS/ }],
    expected: ['TASK LAN_TIME_SYNC SUCCESS'],
  },
  {
    name: 'time synchronization, serial procedure',
    points: allKinds,
    outstation: { needsTime: true },
    environment: { TIMESYNC: 'nonlan' },
    steps: [{ until: /TASK NON_LAN_TIME_SYNC SUCCESS/ }],
    expected: ['TASK NON_LAN_TIME_SYNC SUCCESS'],
  },
  {
    name: 'assign class',
    points: allKinds,
    outstation: { sendsUnsolicited: false },
    environment: { NOUNSOL: '1' },
    actions: { change },
    steps: [
      started,
      { master: 'assign 3 1 0', until: done },
      { outstation: 'change' },
      { master: 'scan 8', until: done },
    ],
    expected: [changed[0]!, changed[1]!, changed[2]!, changed[6]!],
  },
  {
    name: 'restarts and the restart indication',
    points: outputs,
    handler: obedient,
    steps: [
      speaking,
      { master: 'warm', until: /^RESTART/ },
      { until: /TASK CLEAR_RESTART SUCCESS/ },
      { master: 'cold', until: /^RESTART/ },
    ],
    expected: [],
  },
  {
    name: 'overflow of the event buffer',
    points: [{ kind: 'analog_input', index: 0, eventClass: 2, flags: 1 }],
    outstation: { sendsUnsolicited: false, eventLimits: { 1: 5, 2: 5, 3: 5 } },
    environment: { NOUNSOL: '1' },
    actions: {
      flood: (outstation) => {
        for (let value = 1; value <= 8; value += 1) outstation.update('analog_input', 0, value, { timeMs });
      },
    },
    steps: [started, { outstation: 'flood' }, { master: 'scan 4', until: done }, started],
    expected: [4, 5, 6, 7, 8].map((value) => `analog 0 ${value} f=1 t=${timeMs} q=1 gv=Group32Var7`),
  },
  {
    name: 'link status',
    points: outputs,
    environment: { KA: '300' },
    steps: [speaking, { pauseMs: 1000 }],
    expected: [],
  },
];
