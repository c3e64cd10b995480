/** Functional constraints of IEC 61850-7-2: what an attribute is for, and the second part of its name in MMS. */
export const functionalConstraints = [
  'ST',
  'MX',
  'SP',
  'SV',
  'CF',
  'DC',
  'SG',
  'SE',
  'SR',
  'OR',
  'BL',
  'EX',
  'CO',
  'US',
  'MS',
  'RP',
  'BR',
  'LG',
  'GO',
] as const;

export type FunctionalConstraint = (typeof functionalConstraints)[number];

export const isFunctionalConstraint = (text: string): text is FunctionalConstraint =>
  (functionalConstraints as readonly string[]).includes(text);
