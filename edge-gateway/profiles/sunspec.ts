/**
 * Inverters by SunSpec: their models are found by walking the device's map, and values are scaled by exponents that the
 * device tells. Offsets count from a model's id register.
 */
import type { ValueType } from '../drivers/modbus/value-types.ts';
import type { Profile, ProfilePoint } from './profile.ts';

/** "Not implemented" of each type (SunSpec Information Model Specification 1.2, data types). */
const notImplemented: Partial<Record<ValueType, number>> = { int16: -0x8000, uint16: 0xffff, bitfield: 0xffffffff };

type Row = readonly [
  key: string,
  name: string,
  model: number,
  offset: number,
  dataType: ValueType,
  unit: string,
  scaleOffset?: number,
  more?: Partial<ProfilePoint> & { length?: number },
];

function point([key, name, model, offset, dataType, unit, scaleOffset, more = {}]: Row): ProfilePoint {
  const { length, ...rest } = more;
  const none = notImplemented[dataType];
  return {
    key,
    name,
    pointType: dataType === 'string' ? 'string' : key.startsWith('energy_') ? 'counter' : 'analog_input',
    address: {
      model,
      offset,
      ...(scaleOffset !== undefined && { scaleOffset }),
      ...(length !== undefined && { length }),
      ...(none !== undefined && { sentinels: [none] }),
    },
    dataType,
    ...(unit !== '' && { unit }),
    ...rest,
  };
}

const nameplate: Row[] = [
  ['manufacturer', 'Manufacturer', 1, 2, 'string', '', undefined, { length: 16, isSlow: true }],
  ['model', 'Model', 1, 18, 'string', '', undefined, { length: 16, isSlow: true }],
  ['version', 'Version', 1, 42, 'string', '', undefined, { length: 8, isSlow: true }],
  ['serial_number', 'Serial number', 1, 50, 'string', '', undefined, { length: 16, isSlow: true }],
];

/** Models 101, 102 and 103 share one layout; what a wiring does not have is told as not implemented. */
const inverter = (inverterModel: 101 | 102 | 103): Row[] => [
  ['current', 'AC current', inverterModel, 2, 'uint16', 'A', 6],
  ['current_l1', 'Current L1', inverterModel, 3, 'uint16', 'A', 6, { obis: '1-0:31.7.0' }],
  ['current_l2', 'Current L2', inverterModel, 4, 'uint16', 'A', 6, { obis: '1-0:51.7.0' }],
  ['current_l3', 'Current L3', inverterModel, 5, 'uint16', 'A', 6, { obis: '1-0:71.7.0' }],
  ['voltage_l1', 'Voltage L1', inverterModel, 10, 'uint16', 'V', 13, { obis: '1-0:32.7.0' }],
  ['voltage_l2', 'Voltage L2', inverterModel, 11, 'uint16', 'V', 13, { obis: '1-0:52.7.0' }],
  ['voltage_l3', 'Voltage L3', inverterModel, 12, 'uint16', 'V', 13, { obis: '1-0:72.7.0' }],
  ['active_power', 'AC power', inverterModel, 14, 'int16', 'W', 15, { obis: '1-0:16.7.0' }],
  ['frequency', 'Frequency', inverterModel, 16, 'uint16', 'Hz', 17, { obis: '1-0:14.7.0' }],
  ['apparent_power', 'Apparent power', inverterModel, 18, 'int16', 'VA', 19, { obis: '1-0:9.7.0' }],
  ['reactive_power', 'Reactive power', inverterModel, 20, 'int16', 'var', 21, { obis: '1-0:131.7.0' }],
  ['power_factor', 'Power factor', inverterModel, 22, 'int16', '%', 23, { obis: '1-0:13.7.0' }],
  ['energy_export', 'Energy fed in', inverterModel, 24, 'uint32', 'Wh', 26, { obis: '1-0:2.8.0' }],
  ['dc_current', 'DC current', inverterModel, 27, 'uint16', 'A', 28],
  ['dc_voltage', 'DC voltage', inverterModel, 29, 'uint16', 'V', 30],
  ['dc_power', 'DC power', inverterModel, 31, 'int16', 'W', 32],
  ['cabinet_temperature', 'Cabinet temperature', inverterModel, 33, 'int16', '°C', 37, { isSlow: true }],
  // 1 off, 2 sleeping, 3 starting, 4 tracking, 5 throttled, 6 shutting down, 7 fault, 8 standby.
  ['operating_state', 'Operating state', inverterModel, 38, 'uint16', ''],
  ['events', 'Events', inverterModel, 40, 'bitfield', '', undefined, { length: 2 }],
  ['rated_power', 'Rated power', 120, 3, 'uint16', 'W', 4, { isSlow: true }],
];

const controls: Row[] = [
  ['connect', 'Connect to the grid', 123, 4, 'uint16', '', undefined, { pointType: 'analog_output', isWritable: true }],
  ['power_limit', 'Power limit', 123, 5, 'uint16', '%', 23, { pointType: 'analog_output', isWritable: true }],
  [
    'power_limit_timeout',
    'Power limit, time-out',
    123,
    7,
    'uint16',
    's',
    undefined,
    { pointType: 'analog_output', isWritable: true },
  ],
  [
    'power_limit_enabled',
    'Power limit enabled',
    123,
    9,
    'uint16',
    '',
    undefined,
    { pointType: 'analog_output', isWritable: true },
  ],
];

const profileOf = (inverterModel: 101 | 102 | 103, wiring: string, suffix: string): Profile => ({
  id: `sunspec-inverter-${suffix}`,
  maker: 'SunSpec Alliance',
  model: `${wiring} inverter (models 1, ${inverterModel}, 120 and 123)`,
  source: {
    document: 'SunSpec Alliance, Information Model Reference and Information Model Specification',
    version: '1.2',
    verified: 'manual',
    checkedAgainst: ['the Alliance’s own model definitions (JSON) of models 103, 120 and 123'],
    leftOut: 'vendor events; models 111 to 113 (floats), 124 (storage), 160 (strings), 2xx (meters) and 7xx (DER)',
  },
  device: {},
  points: [...nameplate, ...inverter(inverterModel), ...controls].map(point),
});

export const sunspecInverters: readonly Profile[] = [
  profileOf(101, 'single-phase', '1p'),
  profileOf(102, 'split-phase', '2p'),
  profileOf(103, 'three-phase', '3p'),
];
