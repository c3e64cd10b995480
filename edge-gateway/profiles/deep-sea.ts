/**
 * Genset controllers of Deep Sea Electronics, by their common standard GenComm: an address is page × 256 + offset. The
 * eight highest values of a number say why there is none: not implemented, over range, under range, transducer fault, …
 */
import { type Profile, rows } from './profile.ts';

const holding = 'holding_register';
const topEight = (highest: number): number[] => Array.from({ length: 8 }, (_, index) => highest - index);
const page = (number: number, offset: number): number => number * 256 + offset;

/** A system control key and its complement, both of which the controller wants in one write. */
const controlKey = (key: number): number => key * 0x10000 + (0xffff - key);

export const deepSeaGencomm: Profile = {
  id: 'deep-sea-gencomm',
  maker: 'Deep Sea Electronics',
  model: 'DSE 4xxx, 6xxx, 7xxx and 8xxx (GenComm)',
  source: {
    document: 'Deep Sea Electronics, GenComm standard (pages 3 to 7 and 16)',
    verified: 'implementations',
    checkedAgainst: [
      'Victron Energy’s client for DSE controllers',
      'OpenEMS’s component for the DSE 8610',
      'a list made for a DSE 7320 in the field',
    ],
    leftOut: 'alarms, whose layout differs by model; mains instruments',
  },
  device: { maxGap: 20 },
  points: [
    ...rows(
      holding,
      'uint16',
      [
        ['oil_pressure', 'Engine oil pressure', page(4, 0), 'kPa'],
        ['fuel_level', 'Fuel level', page(4, 3), '%', { isSlow: true }],
        ['charge_alternator_voltage', 'Charge alternator voltage', page(4, 4), 'V', { scaleFactor: 0.1 }],
        ['battery_voltage', 'Engine battery voltage', page(4, 5), 'V', { scaleFactor: 0.1 }],
        ['engine_speed', 'Engine speed', page(4, 6), 'rpm'],
        ['frequency', 'Generator frequency', page(4, 7), 'Hz', { scaleFactor: 0.1, obis: '1-0:14.7.0' }],
      ],
      { sentinels: topEight(0xffff) },
    ),
    ...rows(
      holding,
      'int16',
      [
        ['coolant_temperature', 'Coolant temperature', page(4, 1), '°C'],
        ['oil_temperature', 'Engine oil temperature', page(4, 2), '°C'],
      ],
      { sentinels: topEight(0x7fff) },
    ),
    ...rows(
      holding,
      'uint32',
      [
        ['voltage_l1', 'Generator voltage L1', page(4, 8), 'V', { obis: '1-0:32.7.0' }],
        ['voltage_l2', 'Generator voltage L2', page(4, 10), 'V', { obis: '1-0:52.7.0' }],
        ['voltage_l3', 'Generator voltage L3', page(4, 12), 'V', { obis: '1-0:72.7.0' }],
        ['current_l1', 'Generator current L1', page(4, 20), 'A', { obis: '1-0:31.7.0' }],
        ['current_l2', 'Generator current L2', page(4, 22), 'A', { obis: '1-0:51.7.0' }],
        ['current_l3', 'Generator current L3', page(4, 24), 'A', { obis: '1-0:71.7.0' }],
        ['energy_import', 'Generated energy', page(7, 8), 'kWh'],
      ],
      { scaleFactor: 0.1, sentinels: topEight(0xffffffff) },
    ),
    ...rows(
      holding,
      'int32',
      [
        ['active_power_l1', 'Generator power L1', page(4, 28), 'W', { obis: '1-0:36.7.0' }],
        ['active_power_l2', 'Generator power L2', page(4, 30), 'W', { obis: '1-0:56.7.0' }],
        ['active_power_l3', 'Generator power L3', page(4, 32), 'W', { obis: '1-0:76.7.0' }],
        ['active_power', 'Generator power, total', page(6, 0), 'W', { obis: '1-0:16.7.0' }],
      ],
      { sentinels: topEight(0x7fffffff) },
    ),
    ...rows(
      holding,
      'uint32',
      [
        ['run_time', 'Engine run time', page(7, 6), 's', { isSlow: true }],
        ['starts', 'Number of starts', page(7, 16), '', { isSlow: true }],
      ],
      { sentinels: topEight(0xffffffff) },
    ),
    // 0 stop, 1 auto, 2 manual, 3 test on load, 4 auto with manual restore, 5 configuration, 6 test off load, 7 off.
    ...rows(holding, 'uint16', [['control_mode', 'Control mode', page(3, 4), '']], { sentinels: topEight(0xffff) }),
    {
      key: 'control',
      name: 'Start on command, in automatic mode',
      pointType: 'binary_output',
      address: {
        table: holding,
        address: page(16, 8),
        isWriteOnly: true,
        operate: { latch_on: controlKey(35_732), latch_off: controlKey(35_733) },
      },
      dataType: 'uint32',
      isWritable: true,
    },
    {
      key: 'select_auto',
      name: 'Select automatic mode (latch on), or stop (latch off)',
      pointType: 'binary_output',
      address: {
        table: holding,
        address: page(16, 8),
        isWriteOnly: true,
        operate: { latch_on: controlKey(35_701), latch_off: controlKey(35_700) },
      },
      dataType: 'uint32',
      isWritable: true,
    },
  ],
};
