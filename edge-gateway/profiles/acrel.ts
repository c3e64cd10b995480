/** Meters of Acrel. They know functions 03 and 10 (hexadecimal) alone, and most tell values of the transformers' secondary side. */
import { type Profile, rows } from './profile.ts';

const holding = 'holding_register';

export const acrelAdl200: Profile = {
  id: 'acrel-adl200',
  maker: 'Acrel',
  model: 'ADL200 (DDSD1352)',
  source: {
    document: 'Acrel, ADL200 single-phase energy meter: installation and operation instruction',
    verified: 'family',
    checkedAgainst: ['two charging station firmwares that read the DDSD1352, the same meter under its Chinese name'],
    leftOut: 'tariff energies, demands and history',
  },
  device: { canWriteSingle: false, maxRegisters: 60 },
  points: [
    ...rows(
      holding,
      'uint32',
      [
        ['energy_total', 'Active energy, total', 0x00, 'kWh', { obis: '1-0:15.8.0' }],
        ['energy_export', 'Active energy, export', 0x08, 'kWh', { obis: '1-0:2.8.0' }],
      ],
      { scaleFactor: 0.01 },
    ),
    ...rows(holding, 'uint16', [
      ['voltage_l1', 'Voltage', 0x0b, 'V', { scaleFactor: 0.1, obis: '1-0:32.7.0' }],
      ['current_l1', 'Current', 0x0c, 'A', { scaleFactor: 0.01, obis: '1-0:31.7.0' }],
      ['apparent_power', 'Apparent power', 0x0f, 'kVA', { scaleFactor: 0.001, obis: '1-0:9.7.0' }],
      ['frequency', 'Frequency', 0x11, 'Hz', { scaleFactor: 0.01, obis: '1-0:14.7.0' }],
    ]),
    ...rows(
      holding,
      'int16',
      [
        ['active_power', 'Active power', 0x0d, 'kW', { obis: '1-0:16.7.0' }],
        ['reactive_power', 'Reactive power', 0x0e, 'kvar', { obis: '1-0:131.7.0' }],
        ['power_factor', 'Power factor', 0x10, '', { obis: '1-0:13.7.0' }],
      ],
      { scaleFactor: 0.001 },
    ),
  ],
};

export const acrelAdl400: Profile = {
  id: 'acrel-adl400',
  maker: 'Acrel',
  model: 'ADL400',
  source: {
    document: 'Acrel, ADL400 DIN rail energy meter: manual, registers 0800H and following (primary side)',
    verified: 'implementations',
    checkedAgainst: ['two programs written from the manual for meters in the field'],
    leftOut:
      'line voltages, reactive and apparent power of the phases; one installation of an ADL400/T317 saw the total at 0818H, where the manual has phase L3',
  },
  device: { canWriteSingle: false, maxRegisters: 60 },
  points: [
    ...rows(holding, 'float32', [
      ['voltage_l1', 'Voltage L1', 0x0800, 'V', { obis: '1-0:32.7.0' }],
      ['voltage_l2', 'Voltage L2', 0x0802, 'V', { obis: '1-0:52.7.0' }],
      ['voltage_l3', 'Voltage L3', 0x0804, 'V', { obis: '1-0:72.7.0' }],
      ['current_l1', 'Current L1', 0x080c, 'A', { obis: '1-0:31.7.0' }],
      ['current_l2', 'Current L2', 0x080e, 'A', { obis: '1-0:51.7.0' }],
      ['current_l3', 'Current L3', 0x0810, 'A', { obis: '1-0:71.7.0' }],
      ['active_power_l1', 'Active power L1', 0x0814, 'kW', { obis: '1-0:36.7.0' }],
      ['active_power_l2', 'Active power L2', 0x0816, 'kW', { obis: '1-0:56.7.0' }],
      ['active_power_l3', 'Active power L3', 0x0818, 'kW', { obis: '1-0:76.7.0' }],
      ['active_power', 'Active power, total', 0x081a, 'kW', { obis: '1-0:16.7.0' }],
      ['reactive_power', 'Reactive power, total', 0x0822, 'kvar', { obis: '1-0:131.7.0' }],
      ['apparent_power', 'Apparent power, total', 0x082a, 'kVA', { obis: '1-0:9.7.0' }],
      ['power_factor', 'Power factor, total', 0x0832, '', { obis: '1-0:13.7.0' }],
      ['frequency', 'Frequency', 0x0834, 'Hz', { obis: '1-0:14.7.0' }],
    ]),
    ...rows(
      holding,
      'uint32',
      [
        ['energy_total', 'Active energy, total', 0x0842, 'kWh', { obis: '1-0:15.8.0' }],
        ['energy_import', 'Active energy, import', 0x084c, 'kWh', { obis: '1-0:1.8.0' }],
        ['energy_export', 'Active energy, export', 0x0856, 'kWh', { obis: '1-0:2.8.0' }],
      ],
      { scaleFactor: 0.1 },
    ),
  ],
};

export const acrelAdl3000: Profile = {
  id: 'acrel-adl3000',
  maker: 'Acrel',
  model: 'ADL3000-E (DTSD1352)',
  source: {
    document: 'Acrel, ADL3000-E installation and operation instruction, section 9.1',
    version: 'V1.1',
    verified: 'implementations',
    checkedAgainst: [
      'the manual for the energies',
      'a published map of the ADL3000 for voltages, currents and frequency',
      'two programs that read the DTSD1352, the same meter under its Chinese name, for the powers',
    ],
    leftOut: 'tariff energies, demands, harmonics; the 16-bit powers at 0067H that the first ADL3000 has instead',
  },
  device: { canWriteSingle: false, maxRegisters: 60 },
  points: [
    ...rows(
      holding,
      'uint32',
      [
        ['energy_total', 'Active energy, total', 0x0000, 'kWh', { obis: '1-0:15.8.0' }],
        ['energy_import', 'Active energy, import', 0x000a, 'kWh', { obis: '1-0:1.8.0' }],
        ['energy_export', 'Active energy, export', 0x0014, 'kWh', { obis: '1-0:2.8.0' }],
        ['energy_reactive_import', 'Reactive energy, import', 0x0028, 'kvarh', { obis: '1-0:3.8.0' }],
        ['energy_reactive_export', 'Reactive energy, export', 0x0032, 'kvarh', { obis: '1-0:4.8.0' }],
      ],
      { scaleFactor: 0.01, ratio: 'pt*ct' },
    ),
    ...rows(
      holding,
      'uint16',
      [
        ['voltage_l1', 'Voltage L1', 0x0061, 'V', { obis: '1-0:32.7.0' }],
        ['voltage_l2', 'Voltage L2', 0x0062, 'V', { obis: '1-0:52.7.0' }],
        ['voltage_l3', 'Voltage L3', 0x0063, 'V', { obis: '1-0:72.7.0' }],
      ],
      { scaleFactor: 0.1, ratio: 'pt' },
    ),
    ...rows(
      holding,
      'uint16',
      [
        ['current_l1', 'Current L1', 0x0064, 'A', { obis: '1-0:31.7.0' }],
        ['current_l2', 'Current L2', 0x0065, 'A', { obis: '1-0:51.7.0' }],
        ['current_l3', 'Current L3', 0x0066, 'A', { obis: '1-0:71.7.0' }],
      ],
      { scaleFactor: 0.01, ratio: 'ct' },
    ),
    ...rows(holding, 'uint16', [['frequency', 'Frequency', 0x0077, 'Hz', { scaleFactor: 0.01, obis: '1-0:14.7.0' }]]),
    ...rows(
      holding,
      'int32',
      [
        ['active_power_l1', 'Active power L1', 0x0164, 'kW', { obis: '1-0:36.7.0' }],
        ['active_power_l2', 'Active power L2', 0x0166, 'kW', { obis: '1-0:56.7.0' }],
        ['active_power_l3', 'Active power L3', 0x0168, 'kW', { obis: '1-0:76.7.0' }],
        ['active_power', 'Active power, total', 0x016a, 'kW', { obis: '1-0:16.7.0' }],
        ['reactive_power', 'Reactive power, total', 0x0172, 'kvar', { obis: '1-0:131.7.0' }],
        ['apparent_power', 'Apparent power, total', 0x017a, 'kVA', { obis: '1-0:9.7.0' }],
      ],
      { scaleFactor: 0.001, ratio: 'pt*ct' },
    ),
    ...rows(holding, 'int16', [
      ['power_factor', 'Power factor, total', 0x017f, '', { scaleFactor: 0.001, obis: '1-0:13.7.0' }],
    ]),
  ],
};

export const acrelAdw300: Profile = {
  id: 'acrel-adw300',
  maker: 'Acrel',
  model: 'ADW300',
  source: {
    document: 'Acrel, ADW300 wireless metering meter: installation and operation instruction',
    verified: 'implementations',
    checkedAgainst: ['the template of evcc for this meter', 'a simulator made from a meter in the field'],
    leftOut: 'reactive and apparent power, power factor, frequency, temperatures, line voltages',
  },
  device: { canWriteSingle: false, maxRegisters: 60 },
  points: [
    ...rows(
      holding,
      'uint16',
      [
        ['voltage_l1', 'Voltage L1', 20, 'V', { obis: '1-0:32.7.0' }],
        ['voltage_l2', 'Voltage L2', 21, 'V', { obis: '1-0:52.7.0' }],
        ['voltage_l3', 'Voltage L3', 22, 'V', { obis: '1-0:72.7.0' }],
      ],
      { scaleFactor: 0.1, ratio: 'pt' },
    ),
    ...rows(
      holding,
      'uint16',
      [
        ['current_l1', 'Current L1', 26, 'A', { obis: '1-0:31.7.0' }],
        ['current_l2', 'Current L2', 27, 'A', { obis: '1-0:51.7.0' }],
        ['current_l3', 'Current L3', 28, 'A', { obis: '1-0:71.7.0' }],
      ],
      { scaleFactor: 0.01, ratio: 'ct' },
    ),
    ...rows(
      holding,
      'int32',
      [
        ['active_power_l1', 'Active power L1', 30, 'kW', { obis: '1-0:36.7.0' }],
        ['active_power_l2', 'Active power L2', 32, 'kW', { obis: '1-0:56.7.0' }],
        ['active_power_l3', 'Active power L3', 34, 'kW', { obis: '1-0:76.7.0' }],
        ['active_power', 'Active power, total', 36, 'kW', { obis: '1-0:16.7.0' }],
      ],
      { scaleFactor: 0.001, ratio: 'pt*ct' },
    ),
    ...rows(
      holding,
      'uint32',
      [
        ['energy_import', 'Active energy, import', 62, 'kWh', { obis: '1-0:1.8.0' }],
        ['energy_export', 'Active energy, export', 64, 'kWh', { obis: '1-0:2.8.0' }],
      ],
      { scaleFactor: 0.01, ratio: 'pt*ct' },
    ),
  ],
};
