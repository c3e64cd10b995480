/**
 * Learns a device's best batch: the gap from the cost of requests, the size by trying. Most devices are fastest with the
 * largest batch they take, but some slow down beyond a buffer's size, so half the size is tried, and kept while it pays.
 */
import { RequestCost } from './request-cost.ts';

/** Cycles of each size before they are compared. */
const cyclesPerTrial = 3;
/** A smaller size must be that much better, so that noise decides nothing. */
const worthIt = 0.9;
const smallest = 8;
const initialGap = 16;
/** A plan is made anew when the gap has moved by more than a quarter. */
const gapTolerance = 1.25;

export class BatchTuner {
  readonly #cost = new RequestCost();
  readonly #maxGap: number;
  #limit: number;
  #best: { size: number; costMs: number } | undefined;
  #trial: { size: number; cycles: number; costMs: number };
  #isSettled = false;
  #gap: number;
  /** Changes whenever batches should be planned anew. */
  version = 0;

  constructor(maxRegisters: number, maxGap: number) {
    this.#limit = maxRegisters;
    this.#maxGap = maxGap;
    this.#gap = Math.min(initialGap, maxGap);
    this.#trial = { size: maxRegisters, cycles: 0, costMs: 0 };
  }

  get size(): number {
    return this.#isSettled ? this.#best!.size : this.#trial.size;
  }

  get gap(): number {
    return this.#gap;
  }

  get isSettled(): boolean {
    return this.#isSettled;
  }

  recordRequest(registers: number, milliseconds: number): void {
    this.#cost.record(registers, milliseconds);
  }

  /**
   * One whole cycle that read `points`' registers, on the device alone.
   * @param spareShare part of the scan interval that was left; a trial that might overrun it is not made
   */
  recordCycle(registers: number, milliseconds: number, spareShare: number): void {
    this.#updateGap();
    if (this.#isSettled || registers === 0) return;
    this.#trial.cycles += 1;
    // The first cycle of a size also pays for whatever it had to find out.
    if (this.#trial.cycles > 1) this.#trial.costMs += milliseconds / registers;
    if (this.#trial.cycles <= cyclesPerTrial) return;
    const costMs = this.#trial.costMs / cyclesPerTrial;
    const isBetter = !this.#best || costMs < this.#best.costMs * worthIt;
    if (isBetter) this.#best = { size: this.#trial.size, costMs };
    const next = Math.floor(this.#trial.size / 2);
    if (!isBetter || next < smallest || registers <= next || spareShare < 0.75) this.#settle();
    else this.#try(next);
  }

  /** The device refused more than `registers` at once. */
  limitTo(registers: number): void {
    if (registers >= this.#limit) return;
    this.#limit = registers;
    this.#best = undefined;
    this.#isSettled = false;
    this.#try(registers);
  }

  #try(size: number): void {
    this.#trial = { size, cycles: 0, costMs: 0 };
    this.version += 1;
  }

  #settle(): void {
    this.#isSettled = true;
    if (this.#best!.size !== this.#trial.size) this.version += 1;
  }

  #updateGap(): void {
    const gap = this.#cost.bestGap(initialGap, this.#maxGap);
    if (gap > this.#gap * gapTolerance || gap < this.#gap / gapTolerance) {
      this.#gap = gap;
      this.version += 1;
    }
  }
}
