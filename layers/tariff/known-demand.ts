/** What is known of a supply's demand in the unit it is priced in: active power (kW), or apparent power (kVA) with its own contract and peaks. */
import type { BillingFacts } from './facts.ts';
import type { BilingualLabel, ComponentOf } from './tariff-schema.ts';

export type DemandUnit = 'kW' | 'kVA';

export const demandUnits: Record<DemandUnit, BilingualLabel> = {
  kW: { en: 'kW', ar: 'ك.و' },
  kVA: { en: 'kVA', ar: 'ك.ف.أ' },
};

export const unitOf = ({ unit = 'kW' }: Pick<ComponentOf<'demand'>, 'unit'>): DemandUnit => unit;

export interface KnownDemand {
  /** What the meter registered, and the days it is of where parts of the bill ask by themselves; decimal text. */
  registered: string | undefined;
  within: BillingFacts['registeredWithin'];
  /** The highest of the eleven months before. */
  prior: string | undefined;
  contracted: string | undefined;
}

export const knownDemand = (
  facts: Omit<BillingFacts, 'timeZone' | 'from' | 'to' | 'usage'>,
  unit: DemandUnit,
): KnownDemand =>
  unit === 'kVA'
    ? {
        registered: facts.registeredDemandKva,
        within: facts.registeredKvaWithin,
        prior: facts.priorPeakKva,
        contracted: facts.contractedKva,
      }
    : {
        registered: facts.registeredDemandKw,
        within: facts.registeredWithin,
        prior: facts.priorPeakKw,
        contracted: facts.contractedKw,
      };
