/**
 * Learns a device's best batch: the gap from the cost of requests, the size by trying. Most devices are fastest with the
 * largest batch they take, but some slow down beyond a buffer's size, so half the size is tried, and kept if it still
 * wins when the larger one is tried once more: the first cycles of anything are slow.
 */
import { RequestCost } from './request-cost.ts';

/** Cycles of each trial; the quickest counts, since noise only ever adds. */
const cyclesPerTrial = 4;
/** A smaller size must be that much better to be worth its requests. */
const worthIt = 0.9;
const smallest = 8;
/** No trial where a cycle takes more than this part of its interval: the smaller size might overrun it. */
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
  /** The size that is kept unless `#challenger` beats it. */
  #champion: Trial;
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
    const wins = this.#challenger !== undefined && this.#challenger.bestCost < this.#champion.bestCost * worthIt;
    if (this.#phase === 'challenge') {
      this.#enter(wins ? 'confirm' : 'settled');
      return;
    }
    if (this.#phase === 'confirm') {
      if (!wins) {
        this.#enter('settled');
        return;
      }
      this.#champion = this.#challenger!;
    }
    const next = Math.floor(this.#champion.size / 2);
    if (next < smallest || registers <= next || busyShare > busiest) {
      this.#enter('settled');
      return;
    }
    this.#challenger = trialOf(next);
    this.#enter('challenge');
  }

  #enter(phase: 'measure' | 'challenge' | 'confirm' | 'settled'): void {
    if (phase === 'measure' || phase === 'settled') this.#challenger = undefined;
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
