/** Meters of Eastron: every value a float in two input registers, primary side; an odd address or count is refused. */
import { type Profile, rows } from './profile.ts';

const input = 'input_register';
/** The manuals allow 30 or 40 values a request, by model and version. */
const maxRegisters = 60;

export const eastronSdm120: Profile = {
  id: 'eastron-sdm120',
  maker: 'Eastron',
  model: 'SDM120-Modbus',
  source: {
    document: 'Eastron, SDM120-Modbus Smart Meter: Modbus protocol implementation',
    verified: 'family',
    checkedAgainst: [
      'published register lists of its siblings SDM220 and SDM230',
      'mbmd, the meter daemon of volkszaehler',
    ],
    leftOut: 'demands, phase angle, settings',
  },
  device: { maxRegisters },
  points: rows(input, 'float32', [
    ['voltage_l1', 'Voltage', 0x0000, 'V', { obis: '1-0:32.7.0' }],
    ['current_l1', 'Current', 0x0006, 'A', { obis: '1-0:31.7.0' }],
    ['active_power', 'Active power', 0x000c, 'W', { obis: '1-0:16.7.0' }],
    ['apparent_power', 'Apparent power', 0x0012, 'VA', { obis: '1-0:9.7.0' }],
    ['reactive_power', 'Reactive power', 0x0018, 'var', { obis: '1-0:131.7.0' }],
    ['power_factor', 'Power factor', 0x001e, '', { obis: '1-0:13.7.0' }],
    ['frequency', 'Frequency', 0x0046, 'Hz', { obis: '1-0:14.7.0' }],
    ['energy_import', 'Active energy, import', 0x0048, 'kWh', { obis: '1-0:1.8.0' }],
    ['energy_export', 'Active energy, export', 0x004a, 'kWh', { obis: '1-0:2.8.0' }],
    ['energy_total', 'Active energy, total', 0x0156, 'kWh', { obis: '1-0:15.8.0' }],
  ]),
};

export const eastronSdm630: Profile = {
  id: 'eastron-sdm630',
  maker: 'Eastron',
  model: 'SDM630-Modbus',
  source: {
    document: 'Eastron, SDM630-Modbus Smart Meter: Modbus protocol implementation',
    verified: 'implementations',
    checkedAgainst: ['mbmd, the meter daemon of volkszaehler, which follows the maker’s SDM630 register list'],
    leftOut: 'reactive and apparent power of the phases, neutral current, demands, settings',
  },
  device: { maxRegisters },
  points: rows(input, 'float32', [
    ['voltage_l1', 'Voltage L1', 0x0000, 'V', { obis: '1-0:32.7.0' }],
    ['voltage_l2', 'Voltage L2', 0x0002, 'V', { obis: '1-0:52.7.0' }],
    ['voltage_l3', 'Voltage L3', 0x0004, 'V', { obis: '1-0:72.7.0' }],
    ['current_l1', 'Current L1', 0x0006, 'A', { obis: '1-0:31.7.0' }],
    ['current_l2', 'Current L2', 0x0008, 'A', { obis: '1-0:51.7.0' }],
    ['current_l3', 'Current L3', 0x000a, 'A', { obis: '1-0:71.7.0' }],
    ['active_power_l1', 'Active power L1', 0x000c, 'W', { obis: '1-0:36.7.0' }],
    ['active_power_l2', 'Active power L2', 0x000e, 'W', { obis: '1-0:56.7.0' }],
    ['active_power_l3', 'Active power L3', 0x0010, 'W', { obis: '1-0:76.7.0' }],
    ['power_factor_l1', 'Power factor L1', 0x001e, '', { obis: '1-0:33.7.0' }],
    ['power_factor_l2', 'Power factor L2', 0x0020, '', { obis: '1-0:53.7.0' }],
    ['power_factor_l3', 'Power factor L3', 0x0022, '', { obis: '1-0:73.7.0' }],
    ['active_power', 'Active power, total', 0x0034, 'W', { obis: '1-0:16.7.0' }],
    ['apparent_power', 'Apparent power, total', 0x0038, 'VA', { obis: '1-0:9.7.0' }],
    ['reactive_power', 'Reactive power, total', 0x003c, 'var', { obis: '1-0:131.7.0' }],
    ['power_factor', 'Power factor, total', 0x003e, '', { obis: '1-0:13.7.0' }],
    ['frequency', 'Frequency', 0x0046, 'Hz', { obis: '1-0:14.7.0' }],
    ['energy_import', 'Active energy, import', 0x0048, 'kWh', { obis: '1-0:1.8.0' }],
    ['energy_export', 'Active energy, export', 0x004a, 'kWh', { obis: '1-0:2.8.0' }],
    ['thd_voltage_l1', 'Voltage L1, total harmonic distortion', 0x00ea, '%', { isSlow: true }],
    ['thd_voltage_l2', 'Voltage L2, total harmonic distortion', 0x00ec, '%', { isSlow: true }],
    ['thd_voltage_l3', 'Voltage L3, total harmonic distortion', 0x00ee, '%', { isSlow: true }],
    ['energy_total', 'Active energy, total', 0x0156, 'kWh', { obis: '1-0:15.8.0' }],
  ]),
};
