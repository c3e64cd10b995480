/** Schneider Electric's PowerLogic PM5000 series. The maker numbers registers from 1; the addresses here are one less. */
import { type Profile, rows } from './profile.ts';

const holding = 'holding_register';

export const schneiderPm5000: Profile = {
  id: 'schneider-pm5000',
  maker: 'Schneider Electric',
  model: 'PowerLogic PM5000 series (PM51xx, PM53xx, PM55xx)',
  source: {
    document: 'Schneider Electric, PowerLogic PM5000 series: public register list',
    verified: 'implementations',
    checkedAgainst: [
      'a head-end system’s register factory for the PM5561',
      'two programs with the register list of the series, which PM2000 and EM6400 NG share for these registers',
    ],
    leftOut: 'power factors, which the meter encodes in a format of its own (4Q_FP_PF); demands, harmonics, tariffs',
  },
  device: {},
  points: [
    ...rows(holding, 'float32', [
      ['current_l1', 'Current L1', 2999, 'A', { obis: '1-0:31.7.0' }],
      ['current_l2', 'Current L2', 3001, 'A', { obis: '1-0:51.7.0' }],
      ['current_l3', 'Current L3', 3003, 'A', { obis: '1-0:71.7.0' }],
      ['current_n', 'Current, neutral', 3005, 'A', { obis: '1-0:91.7.0' }],
      ['voltage_l1_l2', 'Voltage L1–L2', 3019, 'V'],
      ['voltage_l2_l3', 'Voltage L2–L3', 3021, 'V'],
      ['voltage_l3_l1', 'Voltage L3–L1', 3023, 'V'],
      ['voltage_l1', 'Voltage L1', 3027, 'V', { obis: '1-0:32.7.0' }],
      ['voltage_l2', 'Voltage L2', 3029, 'V', { obis: '1-0:52.7.0' }],
      ['voltage_l3', 'Voltage L3', 3031, 'V', { obis: '1-0:72.7.0' }],
      ['active_power_l1', 'Active power L1', 3053, 'kW', { obis: '1-0:36.7.0' }],
      ['active_power_l2', 'Active power L2', 3055, 'kW', { obis: '1-0:56.7.0' }],
      ['active_power_l3', 'Active power L3', 3057, 'kW', { obis: '1-0:76.7.0' }],
      ['active_power', 'Active power, total', 3059, 'kW', { obis: '1-0:16.7.0' }],
      ['reactive_power', 'Reactive power, total', 3067, 'kvar', { obis: '1-0:131.7.0' }],
      ['apparent_power', 'Apparent power, total', 3075, 'kVA', { obis: '1-0:9.7.0' }],
      ['frequency', 'Frequency', 3109, 'Hz', { obis: '1-0:14.7.0' }],
    ]),
    ...rows(holding, 'int64', [
      ['energy_import', 'Active energy, delivered into the load', 3203, 'Wh', { obis: '1-0:1.8.0' }],
      ['energy_export', 'Active energy, received out of the load', 3207, 'Wh', { obis: '1-0:2.8.0' }],
      ['energy_reactive_import', 'Reactive energy, delivered', 3219, 'varh', { obis: '1-0:3.8.0' }],
      ['energy_reactive_export', 'Reactive energy, received', 3223, 'varh', { obis: '1-0:4.8.0' }],
    ]),
  ],
};
