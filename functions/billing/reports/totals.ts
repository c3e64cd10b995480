/** Sums of a report by currency, type of customer and measure. */
import type { Customer } from '../customers/customer-schema.ts';
import { Sums } from './sums.ts';

/** Minor units, or how many. */
export class Totals {
  readonly #sums: Sums;

  constructor(stored: Readonly<Record<string, string>> = {}) {
    this.#sums = new Sums(stored);
  }

  add(currency: string, customerType: Customer['type'], measure: string, value: bigint): void {
    this.#sums.add(`${currency}/${customerType}/${measure}`, value);
  }

  merge(stored: Readonly<Record<string, string>>): void {
    this.#sums.merge(stored);
  }

  toStored(): Record<string, string> {
    return this.#sums.toStored();
  }

  /** Measures of each currency and type, in order, and of each currency over `all` types. */
  groups(): { currency: string; customerType: Customer['type'] | 'all'; measures: Map<string, bigint> }[] {
    const groups = new Map<string, Map<string, bigint>>();
    for (const [key, sum] of this.#sums.entries()) {
      const [currency, customerType, measure] = key.split('/') as [string, string, string];
      // '~' comes after every type.
      for (const name of [`${currency}/${customerType}`, `${currency}/~`]) {
        const measures = groups.get(name) ?? new Map<string, bigint>();
        measures.set(measure, (measures.get(measure) ?? 0n) + sum);
        groups.set(name, measures);
      }
    }
    return [...groups]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, measures]) => {
        const [currency, type] = name.split('/') as [string, string];
        return { currency, customerType: type === '~' ? 'all' : (type as Customer['type']), measures };
      });
  }
}
