/** Sums of a report by currency, group (a type of customer, a method of payment) and measure. */
import { Sums } from './sums.ts';

/** Minor units, or how many. */
export class Totals {
  readonly #sums: Sums;

  constructor(stored: Readonly<Record<string, string>> = {}) {
    this.#sums = new Sums(stored);
  }

  add(currency: string, group: string, measure: string, value: bigint): void {
    this.#sums.add(`${currency}/${group}/${measure}`, value);
  }

  merge(stored: Readonly<Record<string, string>>): void {
    this.#sums.merge(stored);
  }

  toStored(): Record<string, string> {
    return this.#sums.toStored();
  }

  /** Measures of each currency and group, in order, and of each currency over `all` groups. */
  groups(): { currency: string; group: string; measures: Map<string, bigint> }[] {
    const groups = new Map<string, Map<string, bigint>>();
    for (const [key, sum] of this.#sums.entries()) {
      const [currency, group, measure] = key.split('/') as [string, string, string];
      // '~' comes after every group.
      for (const name of [`${currency}/${group}`, `${currency}/~`]) {
        const measures = groups.get(name) ?? new Map<string, bigint>();
        measures.set(measure, (measures.get(measure) ?? 0n) + sum);
        groups.set(name, measures);
      }
    }
    return [...groups]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, measures]) => {
        const [currency, group] = name.split('/') as [string, string];
        return { currency, group: group === '~' ? 'all' : group, measures };
      });
  }
}
