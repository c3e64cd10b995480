/** What is known of a customer's supply in a billing period: the only input of a bill besides the tariff. */

import type { TariffVersion } from './tariff-schema.ts';

/** Energy between two moments. Intervals of one bill are in order and do not overlap. */
export interface UsageInterval {
  /** Milliseconds since the epoch. */
  from: number;
  to: number;
  /** Millionths of a kWh taken from the grid. */
  importUnits: bigint;
  /** Millionths of a kWh fed in. */
  exportUnits?: bigint;
  /** Millionths of a kvarh, inductive. */
  reactiveUnits?: bigint;
  /** Millionths of a kVAh by the meter's own register, where the meter told. */
  apparentUnits?: bigint;
  estimated?: boolean;
  /** Millionths of a kWh by register of the meter, such as `1.8.1`, where the meter told. */
  rates?: Readonly<Record<string, bigint>>;
}

export interface BillingFacts {
  /** IANA zone that days, months and times of use follow. */
  timeZone: string;
  /** First local day. */
  from: string;
  /** First local day after; a customer who moved in or out has a shorter period than the route. */
  to: string;
  /** The route's whole period, when the customer was there for a part of it. @default from and to */
  nominal?: { from: string; to: string };
  /**
   * The days of one bill that these are cut from, where the currency changes: what is charged once for a bill is charged on the
   * first of them. @default from and to
   */
  cutFrom?: { from: string; to: string };
  usage: readonly UsageInterval[];
  /** Highest demand the meter itself registered, kW; counts before what the intervals give. */
  registeredDemandKw?: string;
  /**
   * Local days (`to` exclusive) that it was registered in. Given, it counts for components that ask for the register alone: where
   * the tariff changes, others have their intervals. @default it is said of the period, whatever the component asks for
   */
  registeredWithin?: { from: string; to: string };
  /** Highest demand measured in the eleven months before, kW. */
  priorPeakKw?: string;
  /** As `registeredDemandKw`, `registeredWithin` and `priorPeakKw`, of apparent power, kVA. */
  registeredDemandKva?: string;
  registeredKvaWithin?: { from: string; to: string };
  priorPeakKva?: string;
  connectedKw?: string;
  contractedKw?: string;
  contractedKva?: string;
  phases?: number;
  dwellings?: number;
  /** Codes of taxes this customer does not pay. */
  exemptTaxes?: readonly string[];
  /** Energy fed in earlier and not used up, millionths of a kWh by bucket. */
  exportBank?: Readonly<Record<string, bigint>>;
  /** The supply ends with this bill: all of the bank is paid out. */
  settleExportBank?: boolean;
  /** The version that kept energy in the bank last before this bill: what no later one keeps is paid out at its rate. */
  bankedUnder?: TariffVersion;
  /** The version of the day after, where its currency is another: what it does not keep is paid out before. */
  followedBy?: TariffVersion;
}

/** A bill cannot be made of these facts under this tariff. */
export class RatingError extends Error {
  readonly code:
    | 'no_tariff'
    | 'currency_change'
    | 'usage_order'
    | 'demand_needs_intervals'
    | 'missing_fact'
    | 'period'
    | 'no_price';

  constructor(code: RatingError['code'], message: string) {
    super(message);
    this.name = 'RatingError';
    this.code = code;
  }
}
