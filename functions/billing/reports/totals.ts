/** Sums of a report by currency, group (a type of customer, a method of payment, a route …) and measure. */
import { partsOfName } from './report-periods.ts';
import { Sums } from './sums.ts';

/** Groups without a name of their own: nobody's, what was too much for a row, and all together. No name has a bare '~'. */
const none = '~none';
const other = '~other';
const all = '~~';
/** A part of a report is one row of at most 400 KB. */
const mostBytes = 300_000;
/** Of a measure: its name, and digits of its sum. */
const measureBytes = 40;

export interface SummedGroup {
  currency: string;
  period?: string;
  /** Null: what belongs to none; `other`: groups beyond those that a row holds; `all`: the sum over the groups. */
  group: string | null;
  /** Minor units, or how many. */
  measures: Map<string, bigint>;
}

export class Totals {
  readonly #sums: Sums;
  readonly #groups = new Set<string>();
  #bytes = 0;
  readonly #mostMeasures: number;

  /** @param mostMeasures that a group may have */
  constructor(stored: Readonly<Record<string, string>> = {}, mostMeasures = 0) {
    this.#sums = new Sums(stored);
    this.#mostMeasures = mostMeasures;
    for (const key of Object.keys(stored)) this.#hold(heldName(key));
  }

  /** Of more groups than a row holds those that come last are summed as one. @param currency with its period, as `sumName` has it */
  add(currency: string, group: string | undefined, measure: string, value: bigint): void {
    const own = `${currency}/${group === undefined ? none : escaped(group)}`;
    const held = this.#groups.has(own) || this.#bytes < mostBytes ? own : `${currency}/${other}`;
    this.#hold(held);
    this.#sums.add(`${held}/${measure}`, value);
  }

  #hold(group: string): void {
    if (this.#groups.has(group)) return;
    this.#groups.add(group);
    this.#bytes += this.#mostMeasures * (Buffer.byteLength(group) + measureBytes);
  }

  /**
   * All parts of a report together. A group that one of them may have summed with others is no row's own: it would lack those, and
   * nobody could tell.
   */
  static ofParts(parts: readonly Readonly<Record<string, string>>[]): Totals {
    const together = new Totals();
    const held = parts.map((stored) => new Set(Object.keys(stored).map(heldName)));
    for (const stored of parts)
      for (const [key, sum] of Object.entries(stored)) {
        const own = heldName(key);
        const rest = `${own.slice(0, own.indexOf('/'))}/${other}`;
        const isPartial = held.some((names) => names.has(rest) && !names.has(own));
        together.#sums.add(isPartial ? `${rest}${key.slice(own.length)}` : key, BigInt(sum));
      }
    return together;
  }

  toStored(): Record<string, string> {
    return this.#sums.toStored();
  }

  /** Measures of each currency and group, in order, and of each currency over all groups. */
  groups(): SummedGroup[] {
    const groups = new Map<string, Map<string, bigint>>();
    for (const [key, sum] of this.#sums.entries()) {
      const [currency, group, measure] = key.split('/') as [string, string, string];
      for (const name of [`${currency}/${group}`, `${currency}/${all}`]) {
        const measures = groups.get(name) ?? new Map<string, bigint>();
        measures.set(measure, (measures.get(measure) ?? 0n) + sum);
        groups.set(name, measures);
      }
    }
    return [...groups]
      .sort(([a], [b]) => (placeOf(a) < placeOf(b) ? -1 : 1))
      .map(([name, measures]) => {
        const [sum, group] = name.split('/') as [string, string];
        return { ...partsOfName(sum), group: nameOf(group), measures };
      });
  }
}

/** The currency and group of a key. */
const heldName = (key: string): string => key.slice(0, key.lastIndexOf('/'));

/** `/` stands between the parts of a key. */
const escaped = (group: string): string =>
  group.replace(/[%/~]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

/** Names of any script come before those of no group. */
const placeOf = (name: string): string => name.replace('/~', '/\uffff');

function nameOf(group: string): string | null {
  if (group === none) return null;
  if (group === other) return 'other';
  return group === all ? 'all' : group.replace(/%(25|2F|7E)/g, (sign) => decodeURIComponent(sign));
}
