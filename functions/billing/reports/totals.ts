/** Sums of a report by currency, type of customer and measure, in a form that a row can hold. */
import type { Customer } from '../customers/customer-schema.ts';

/** Minor units, or how many. */
export class Totals {
  readonly #sums: Map<string, bigint>;

  constructor(stored: Readonly<Record<string, string>> = {}) {
    this.#sums = new Map(Object.entries(stored).map(([key, sum]) => [key, BigInt(sum)]));
  }

  add(currency: string, customerType: Customer['type'], measure: string, value: bigint): void {
    const key = `${currency}/${customerType}/${measure}`;
    this.#sums.set(key, (this.#sums.get(key) ?? 0n) + value);
  }

  merge(stored: Readonly<Record<string, string>>): void {
    for (const [key, sum] of Object.entries(stored)) this.#sums.set(key, (this.#sums.get(key) ?? 0n) + BigInt(sum));
  }

  toStored(): Record<string, string> {
    return Object.fromEntries([...this.#sums].map(([key, sum]) => [key, String(sum)]));
  }

  /** Measures of each currency and type, in order, and of each currency over `all` types. */
  groups(): { currency: string; customerType: Customer['type'] | 'all'; measures: Map<string, bigint> }[] {
    const groups = new Map<string, Map<string, bigint>>();
    for (const [key, sum] of this.#sums) {
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
