/**
 * Learns a device's best batch: the gap from the cost of requests, the size by trying. Most devices are fastest with the
 * largest batch they take, but some slow down beyond a buffer's size, so halves of it are tried, and the best is kept if it
 * still wins when the largest is tried once more: the first cycles of anything are slow.
 */
import { RequestCost } from './request-cost.ts';

/** Cycles of each trial; the quickest counts, since noise only ever adds. */
const cyclesPerTrial = 2;
/** A smaller size must be that much better to be worth its requests. */
const worthIt = 0.8;
const smallest = 8;
/** No trial that might take more than this part of the scan interval. */
const busiest = 0.4;
const initialGap = 16;
/** A plan is made anew when the gap has moved by more than a quarter. */
const gapTolerance = 1.25;

interface Trial {
  size: number;
  cycles: number;
  /** Milliseconds per wanted register. */
  bestCost: number;
}

const trialOf = (size: number): Trial => ({ size, cycles: 0, bestCost: Number.POSITIVE_INFINITY });

export class BatchTuner {
  readonly #cost = new RequestCost();
  readonly #maxGap: number;
  #limit: number;
  /** The size that is kept unless a smaller one beats it. */
  #champion: Trial;
  #best: Trial | undefined;
  #challenger: Trial | undefined;
  #phase: 'measure' | 'challenge' | 'confirm' | 'settled' = 'measure';
  #gap: number;
  /** Changes whenever batches should be planned anew. */
  version = 0;

  constructor(maxRegisters: number, maxGap: number) {
    this.#limit = maxRegisters;
    this.#maxGap = maxGap;
    this.#gap = Math.min(initialGap, maxGap);
    this.#champion = trialOf(maxRegisters);
  }

  get size(): number {
    return this.#phase === 'challenge' ? this.#challenger!.size : this.#champion.size;
  }

  get gap(): number {
    return this.#gap;
  }

  get isSettled(): boolean {
    return this.#phase === 'settled';
  }

  recordRequest(registers: number, milliseconds: number): void {
    this.#cost.record(registers, milliseconds);
  }

  /**
   * One whole cycle of the device.
   * @param registers that were wanted, whatever was read around them
   * @param milliseconds that its requests took, added up
   * @param busyShare part of the scan interval that they took
   */
  recordCycle(registers: number, milliseconds: number, busyShare: number): void {
    this.#updateGap();
    if (this.#phase === 'settled' || registers === 0) return;
    const trial = this.#phase === 'challenge' ? this.#challenger! : this.#champion;
    trial.cycles += 1;
    trial.bestCost = Math.min(trial.bestCost, milliseconds / registers);
    if (trial.cycles < cyclesPerTrial) return;
    trial.cycles = 0;
    this.#decide(registers, busyShare);
  }

  /** The device refused more than `registers` at once. */
  limitTo(registers: number): void {
    if (registers >= this.#limit) return;
    this.#limit = registers;
    this.#champion = trialOf(registers);
    this.#enter('measure');
  }

  #decide(registers: number, busyShare: number): void {
    if (this.#phase === 'confirm') {
      if (this.#isBeaten) this.#champion = this.#best!;
      this.#enter('settled');
      return;
    }
    const tried = this.#challenger ?? this.#champion;
    if (this.#challenger && this.#challenger.bestCost < (this.#best?.bestCost ?? Number.POSITIVE_INFINITY)) {
      this.#best = this.#challenger;
    }
    const next = Math.floor(tried.size / 2);
    // Twice the requests take at most twice the time.
    if (next >= smallest && registers > next && busyShare * 2 <= busiest) {
      this.#challenger = trialOf(next);
      this.#enter('challenge');
    } else this.#enter(this.#isBeaten ? 'confirm' : 'settled');
  }

  get #isBeaten(): boolean {
    return this.#best !== undefined && this.#best.bestCost < this.#champion.bestCost * worthIt;
  }

  #enter(phase: 'measure' | 'challenge' | 'confirm' | 'settled'): void {
    if (phase === 'measure') this.#best = undefined;
    if (phase !== 'challenge') this.#challenger = undefined;
    this.#phase = phase;
    this.version += 1;
  }

  #updateGap(): void {
    const gap = this.#cost.bestGap(initialGap, this.#maxGap);
    if (gap > this.#gap * gapTolerance || gap < this.#gap / gapTolerance) {
      this.#gap = gap;
      this.version += 1;
    }
  }
}
