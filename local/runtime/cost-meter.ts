/**
 * Counts the billable units of every service a workload uses and prices them with the list prices
 * in `local/prices.json`. Services report units as AWS bills them (rounded up per request), not calls.
 */
import prices from '../prices.json' with { type: 'json' };

/** `<service>.<price key>`, e.g. `dynamodb.writeRequestUnitPerMillion`. */
export type PriceKey = string;

export interface CostLine {
  key: PriceKey;
  units: number;
  /** USD per single unit. */
  unitPrice: number;
  usd: number;
}

export class CostMeter {
  readonly #units = new Map<PriceKey, number>();

  /** Adds `units` of the priced thing, e.g. `count('sqs.standardRequestPerMillion', 1)`; units are single requests, GB-seconds, bytes as GB, whatever the key prices. */
  count(key: PriceKey, units: number): void {
    this.#units.set(key, (this.#units.get(key) ?? 0) + units);
  }

  reset(): void {
    this.#units.clear();
  }

  units(key: PriceKey): number {
    return this.#units.get(key) ?? 0;
  }

  /** Every counted line with its price, dearest first. Throws when a service counts something that has no price. */
  bill(): { pricesFrom: string; region: string; lines: CostLine[]; totalUsd: number } {
    const lines = [...this.#units].map(([key, units]) => {
      const unitPrice = unitPriceOf(key);
      return { key, units, unitPrice, usd: units * unitPrice };
    });
    lines.sort((a, b) => b.usd - a.usd);
    return {
      pricesFrom: prices.collected,
      region: prices.region,
      lines,
      totalUsd: lines.reduce((sum, line) => sum + line.usd, 0),
    };
  }
}

function unitPriceOf(key: PriceKey): number {
  const [service = '', name = ''] = key.split('.');
  const table = (prices as Record<string, unknown>)[service] as Record<string, number> | undefined;
  const price = table?.[name];
  if (price === undefined)
    throw new Error(`No price for "${key}" in local/prices.json: add it with its source and date.`);
  return name.includes('PerMillion') ? price / 1_000_000 : price;
}
