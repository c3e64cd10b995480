/** Sums by name that grow page by page, in a form that a row can hold: decimal text, since rows hold no bigint. */
export class Sums {
  readonly #sums = new Map<string, bigint>();

  constructor(stored: Readonly<Record<string, string>> = {}) {
    this.merge(stored);
  }

  add(name: string, value: bigint): void {
    this.#sums.set(name, (this.#sums.get(name) ?? 0n) + value);
  }

  merge(stored: Readonly<Record<string, string>>): void {
    for (const [name, sum] of Object.entries(stored)) this.add(name, BigInt(sum));
  }

  get(name: string): bigint {
    return this.#sums.get(name) ?? 0n;
  }

  entries(): Iterable<[string, bigint]> {
    return this.#sums.entries();
  }

  toStored(): Record<string, string> {
    return Object.fromEntries([...this.#sums].map(([name, sum]) => [name, String(sum)]));
  }
}
