/** What a scenario of our master is made of: a stage to act on, and the changes that happen on it. */
import { type Measurement, qualityNames } from '../master/measurements.ts';
import type { RemoteOutstation } from '../master/remote-outstation.ts';
import type { RemoteOutstationSettings } from '../master/settings.ts';
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

export const at = (ms: number): number => scenarioStartMs + ms;

/** `2.2 binary_input 0 true ONLINE +500` */
export function brief(measurement: Measurement): string {
  const { group, variation, kind, index, value, timeMs, isTimeUncertain } = measurement;
  const shown = Buffer.isBuffer(value) ? JSON.stringify(value.toString('latin1')) : String(value);
  const time = timeMs === undefined ? '' : ` +${timeMs - scenarioStartMs}${isTimeUncertain ? '?' : ''}`;
  return `${group}.${variation} ${kind} ${index} ${shown} ${qualityNames(measurement).join('|')}${time}`;
}

export const online = (stage: MasterStage): Promise<void> => stage.until(() => stage.station.state === 'online');
export const events = (stage: MasterStage): string[] => stage.measurements.filter(({ isEvent }) => isEvent).map(brief);
export const quiet: Partial<RemoteOutstationSettings> = { unsolicitedClasses: [], pollsAnnouncedEvents: false };

/** One change of every kind of point, and the events they are. */
export const changes = [
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
export const changed = [
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
