/** Components that hold for some: by consumption (lost lifelines), size of the connection, season, load factor. */
import {
  april,
  demand,
  energy,
  fixed,
  type GoldenCase,
  intervals,
  minimum,
  period,
  subsidy,
  tariff,
} from './golden-case.ts';

/** Which blocks price a bill depends on all of it: up to 100 kWh a month, up to 650, above. */
const cliffs = [
  tariff([
    { ...energy('low', [50, '0.68'], ['0.78']), when: { upToKwh: '100' } },
    { ...energy('mid', [200, '0.95'], [350, '1.55'], ['1.95']), when: { aboveKwh: '100', upToKwh: '650' } },
    { ...energy('high', ['2.10']), when: { aboveKwh: '650' } },
    fixed('small', { amount: '1', when: { upToKwh: '100' } }),
    fixed('large', { amount: '15', when: { aboveKwh: '100' } }),
  ]),
];
const least = [
  tariff([
    energy('energy', ['0.05']),
    minimum('one', { of: ['energy'], amount: '5', when: { phases: 1, upToConnectedKw: '10' } }),
    minimum('strong', { of: ['energy'], amount: '9', when: { phases: 1, aboveConnectedKw: '10' } }),
    minimum('three', { of: ['energy'], amount: '15', when: { phases: 3 } }),
  ]),
];
const summer = { during: [{ from: '06-01', to: '09-30' }] };
const others = {
  during: [
    { from: '10-01', to: '12-31' },
    { from: '01-01', to: '05-31' },
  ],
};
const seasons = [
  tariff([
    { ...energy('summer', [300, '0.05'], ['0.08']), ...summer },
    { ...energy('other', [100, '0.05'], ['0.08']), ...others },
  ]),
];

const steady = [
  tariff([
    energy('energy', ['0.1']),
    demand('demand', { rate: '2' }),
    subsidy('steady', {
      when: { aboveLoadFactor: '0.6' },
      benefit: { type: 'percent', percent: '2', of: ['energy'] },
    }),
  ]),
];

export const conditionCases: GoldenCase[] = [
  {
    name: 'a lifeline that is reached exactly',
    tariff: cliffs,
    facts: april(100),
    lines: ['low: 50 × 0.68 = 34.00', 'low: (100 − 50) × 0.78 = 39.00', 'small: 1 × 1 = 1.00'],
    total: '34.00 + 39.00 + 1.00 = 74.00',
  },
  {
    name: 'a lifeline that is lost by one kWh: the next class prices all of it, and has its own charge',
    tariff: cliffs,
    facts: april(101),
    lines: ['mid: 101 × 0.95 = 95.95', 'large: 15 × 1 = 15.00'],
    total: '95.95 + 15.00 = 110.95',
  },
  {
    name: 'the middle class has blocks of its own',
    tariff: cliffs,
    facts: april(650),
    lines: [
      'mid: 200 × 0.95 = 190.00',
      'mid: (350 − 200) × 1.55 = 232.50',
      'mid: (650 − 350) × 1.95 = 585.00',
      'large: 15 × 1 = 15.00',
    ],
    total: '190.00 + 232.50 + 585.00 + 15.00 = 1022.50',
  },
  {
    name: 'the highest class has one price for all',
    tariff: cliffs,
    facts: april(651),
    lines: ['high: 651 × 2.10 = 1367.10', 'large: 15 × 1 = 15.00'],
    total: '1367.10 + 15.00 = 1382.10',
  },
  {
    name: 'in half a month the lifeline is 100 × 15/30 = 50, and 51 kWh are the class above: its blocks have half, too',
    tariff: cliffs,
    facts: period('2026-04-01', '2026-04-16', 51),
    lines: ['mid: min(51; 200 × 15/30) × 0.95 = 48.45', 'large: 15 × 15/30 = 7.50'],
    total: '48.45 + 7.50 = 55.95',
  },
  {
    name: 'the class is that of the whole bill, whatever was taken before and after a new price',
    tariff: [
      tariff([{ ...energy('low', ['0.1']), when: { upToKwh: '100' } }], { to: '2026-04-16' }),
      tariff(
        [
          { ...energy('low', ['0.2']), when: { upToKwh: '100' } },
          { ...energy('high', ['0.5']), when: { aboveKwh: '100' } },
        ],
        { from: '2026-04-16' },
      ),
    ],
    facts: april(100),
    lines: ['low: 50 × 0.1 = 5.00', 'low: 50 × 0.2 = 10.00'],
    total: '5.00 + 10.00 = 15.00',
  },
  {
    name: 'a limit for each of two dwellings: 180 kWh are not above 2 × 100',
    tariff: [
      tariff([
        { ...energy('low', ['0.1']), when: { upToKwh: '100', perDwelling: true } },
        { ...energy('high', ['0.5']), when: { aboveKwh: '100', perDwelling: true } },
      ]),
    ],
    facts: april(180, { dwellings: 2 }),
    lines: ['low: 180 × 0.1 = 18.00'],
    total: '18.00 = 18.00',
  },
  {
    name: 'the class follows what is left after what the sun gave was set off',
    tariff: [
      tariff(
        [
          { ...energy('low', ['0.1']), when: { upToKwh: '100' } },
          { ...energy('high', ['0.5']), when: { aboveKwh: '100' } },
        ],
        { export: { mode: 'net_energy' } },
      ),
    ],
    facts: april(300, { exportKwh: 200 }),
    lines: ['low: (300 − 200) × 0.1 = 10.00'],
    total: '10.00 = 10.00',
  },
  {
    name: 'the minimum of one phase',
    tariff: least,
    facts: april(60, { phases: 1, connectedKw: '10' }),
    lines: ['energy: 60 × 0.05 = 3.00', 'one: 5 − 3 = 2.00'],
    total: '3.00 + 2.00 = 5.00',
  },
  {
    name: 'the minimum of one phase with a strong breaker',
    tariff: least,
    facts: april(60, { phases: 1, connectedKw: '10.001' }),
    lines: ['energy: 60 × 0.05 = 3.00', 'strong: 9 − 3 = 6.00'],
    total: '3.00 + 6.00 = 9.00',
  },
  {
    name: 'the minimum of three phases',
    tariff: least,
    facts: april(60, { phases: 3 }),
    lines: ['energy: 60 × 0.05 = 3.00', 'three: 15 − 3 = 12.00'],
    total: '3.00 + 12.00 = 15.00',
  },
  {
    name: 'summer has larger blocks: 17 days of May and 14 of June, 10 kWh a day',
    tariff: seasons,
    facts: period('2026-05-15', '2026-06-15', 310),
    lines: [
      'other: round(100 × 17/31; 3) × 0.05 = 2.74',
      'other: (170 − round(100 × 17/31; 3)) × 0.08 = 9.21',
      'summer: min(140; 300 × 14/30) × 0.05 = 7.00',
    ],
    total: '2.74 + 9.21 + 7.00 = 18.95',
  },
  {
    name: 'a season over the new year: the heating price of November to February, one leap day in it',
    tariff: [
      tariff([
        energy('energy', ['0.1']),
        fixed('heating', { amount: '4', per: 'day', during: [{ from: '11-01', to: '02-29' }] }),
      ]),
    ],
    facts: period('2028-02-20', '2028-03-05', 140),
    // Ten days up to the 29th of February, four of March.
    lines: ['energy: 140 × 10/14 × 0.1 = 10.00', 'heating: 4 × 10 = 40.00', 'energy: 140 × 4/14 × 0.1 = 4.00'],
    total: '10.00 + 40.00 + 4.00 = 54.00',
  },
  {
    name: 'a load factor of 0.6, 8640 of 20 × 720 kWh, is not above 0.6',
    tariff: steady,
    facts: april(8640, { registeredDemandKw: '20' }),
    lines: ['energy: 8640 × 0.1 = 864.00', 'demand: 20 × 2 = 40.00'],
    total: '864.00 + 40.00 = 904.00',
  },
  {
    name: 'a load factor above 0.6 earns two percent of the energy',
    tariff: steady,
    facts: april(8641, { registeredDemandKw: '20' }),
    lines: ['energy: 8641 × 0.1 = 864.10', 'demand: 20 × 2 = 40.00', 'steady: −(864.10 × 2 / 100) = −17.28'],
    total: '864.10 + 40.00 − 17.28 = 886.82',
  },
  {
    name: 'a class in whole kWh: 100.4 are billed as 100, which the lifeline is for',
    tariff: [tariff(cliffs[0]!.components, { rounding: { energyDecimals: 0 } })],
    facts: april('100.4'),
    lines: ['low: 50 × 0.68 = 34.00', 'low: (100 − 50) × 0.78 = 39.00', 'small: 1 × 1 = 1.00'],
    total: '34.00 + 39.00 + 1.00 = 74.00',
  },
  {
    name: 'demand that is priced for others alone: its days make no peak of the days that are priced',
    tariff: [
      tariff([energy('energy', ['0.1']), demand('demand', { rate: '30', intervalMinutes: 60, when: { phases: 3 } })], {
        to: '2026-04-16',
      }),
      tariff([energy('energy', ['0.1']), demand('demand', { rate: '30', intervalMinutes: 60 })], {
        from: '2026-04-16',
      }),
    ],
    facts: {
      ...april(0, { phases: 1 }),
      usage: [...intervals('2026-04-15T10:00+03:00', 60, '9'), ...intervals('2026-04-20T10:00+03:00', 60, '4')],
    },
    lines: ['energy: 9 × 0.1 = 0.90', 'energy: 4 × 0.1 = 0.40', 'demand: 4 × 30 × 15/30 = 60.00'],
    total: '0.90 + 0.40 + 60.00 = 61.30',
  },
];
