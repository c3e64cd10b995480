/**
 * Meters of Acrel. Registers and their steps are those of the device profiles (`edge-gateway/profiles/acrel.ts`), which say how
 * they were checked; the rest stands in the makers' papers that the notes name.
 */
import type { NewModel } from './model-schema.ts';

const manufacturer = 'Acrel';

const active = (decimals: number): NewModel['registers'] => [
  { obis: '1-0:1.8.0', name: 'Active energy, import', unit: 'kWh', decimals },
  { obis: '1-0:2.8.0', name: 'Active energy, export', unit: 'kWh', decimals },
];
const total = (decimals: number): NewModel['registers'][number] => ({
  obis: '1-0:15.8.0',
  name: 'Active energy, total',
  unit: 'kWh',
  decimals,
});

export const acrelModels: readonly NewModel[] = [
  {
    model: 'ADL200',
    manufacturer,
    type: 'smart',
    phases: [1],
    connections: ['direct'],
    decimals: 2,
    registers: [total(2), active(2)[1]!],
    deviceProfile: 'acrel-adl200',
    notes:
      'DDSD1352 under its Chinese name. Not confirmed and left out: digits, the current it carries, relay, load profile, prepayment.',
  },
  {
    model: 'ADL400',
    manufacturer,
    type: 'smart',
    phases: [3],
    connections: ['direct', 'ct', 'pt'],
    maxCurrentA: { direct: 80, ct: 6 },
    decimals: 1,
    registers: [total(1), ...active(1)],
    deviceProfile: 'acrel-adl400',
    notes:
      'Acrel’s product papers: 3×10(80) A direct or 3×1(6) A by current transformers; 3×57.7/100 V by voltage transformers. Not confirmed and left out: digits, relay, load profile (it keeps frozen values), prepayment.',
  },
  {
    model: 'ADW300',
    manufacturer,
    type: 'smart',
    phases: [3],
    connections: ['ct', 'pt'],
    decimals: 2,
    registers: active(2),
    deviceProfile: 'acrel-adw300',
    notes:
      'It has settings for the ratios of both transformers. Not confirmed and left out: direct connection, the current it carries, digits, relay, load profile, prepayment.',
  },
  {
    model: 'DTSD1352',
    manufacturer,
    type: 'smart',
    phases: [3],
    connections: ['ct', 'pt'],
    decimals: 2,
    registers: [
      total(2),
      ...active(2),
      { obis: '1-0:3.8.0', name: 'Reactive energy, import', unit: 'kvarh', decimals: 2 },
      { obis: '1-0:4.8.0', name: 'Reactive energy, export', unit: 'kvarh', decimals: 2 },
    ],
    relay: 'output',
    deviceProfile: 'acrel-adl3000',
    notes:
      'ADL3000-E under its Chinese name. The manual’s switching output (option K) is a contact for control and alarms, not for the supply. Not confirmed and left out: direct connection, the current it carries, digits, load profile (it keeps 12 months of values), prepayment.',
  },
];
