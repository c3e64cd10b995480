/**
 * Prepaid meters by what every one of them is: a payment meter for active energy with a load switch (IEC 62055-31) that takes
 * tokens of the Standard Transfer Specification (IEC 62055-41). For meters whose maker has no model here.
 */
import type { NewModel } from './model-schema.ts';

const generic = (model: string, phases: 1 | 3): NewModel => ({
  model,
  manufacturer: 'Any (STS)',
  type: 'sts',
  phases: [phases],
  connections: ['direct'],
  registers: [{ obis: '1-0:1.8.0', name: 'Active energy, import', unit: 'kWh' }],
  relay: 'load',
  prepaid: 'sts',
  notes:
    'Digits, the current it carries and whether it keeps a load profile differ from maker to maker and are left out.',
});

export const stsModels: readonly NewModel[] = [generic('STS-1P', 1), generic('STS-3P', 3)];
