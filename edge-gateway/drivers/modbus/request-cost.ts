/**
 * What a request costs, learnt from measured times: time = a + b × registers, by least squares that forget. The two say
 * how many unwanted registers it pays to read rather than to ask again: joining over a gap of g saves a and costs b × g.
 */

/** Weight of what was before, at each new measurement: the last hundred or so count. */
const memory = 0.99;
const enoughWeight = 8;

export class RequestCost {
  #weight = 0;
  #sumN = 0;
  #sumT = 0;
  #sumNN = 0;
  #sumNT = 0;

  record(registers: number, milliseconds: number): void {
    this.#weight = this.#weight * memory + 1;
    this.#sumN = this.#sumN * memory + registers;
    this.#sumT = this.#sumT * memory + milliseconds;
    this.#sumNN = this.#sumNN * memory + registers * registers;
    this.#sumNT = this.#sumNT * memory + registers * milliseconds;
  }

  /** Milliseconds per request and per register; undefined while too little, or too much of one size, was measured. */
  get coefficients(): { perRequestMs: number; perRegisterMs: number } | undefined {
    if (this.#weight < enoughWeight) return undefined;
    const meanN = this.#sumN / this.#weight;
    const meanT = this.#sumT / this.#weight;
    const variance = this.#sumNN / this.#weight - meanN * meanN;
    if (variance < 1) return undefined;
    const perRegisterMs = Math.max((this.#sumNT / this.#weight - meanN * meanT) / variance, 0);
    return { perRequestMs: Math.max(meanT - perRegisterMs * meanN, 0), perRegisterMs };
  }

  /** Registers that may be read in vain to save a request. */
  bestGap(fallback: number, most: number): number {
    const known = this.coefficients;
    if (!known) return Math.min(fallback, most);
    if (known.perRegisterMs === 0) return most;
    return Math.min(Math.floor(known.perRequestMs / known.perRegisterMs), most);
  }
}
