/**
 * When groups of points are read: each at its own rate on a grid that does not drift, begun at different phases so that
 * the line is not asked for everything at once, and never while the same group is still being read.
 */
import type { DriverContext } from '../../runtime/driver.ts';

/** Spreads any number of groups evenly: multiples of the golden ratio leave no two close together. */
const goldenRatio = 0.618_033_988_749_895;

export interface ScanGroup {
  scanRateMs: number;
  /** Reads the group; whatever fails is handled inside. */
  read(): Promise<void>;
}

interface Entry {
  group: ScanGroup;
  nextMs: number;
  isRunning: boolean;
  timer?: { cancel(): void };
}

export class ScanSchedule {
  readonly #context: DriverContext;
  readonly #entries: Entry[];
  #isRunning = false;
  /** Cycles that fell out because the one before had not ended. */
  missedCycles = 0;
  cycles = 0;

  constructor(groups: readonly ScanGroup[], context: DriverContext) {
    this.#context = context;
    this.#entries = groups.map((group) => ({ group, nextMs: 0, isRunning: false }));
  }

  /** Reads everything once now, then each group on its grid. */
  start(): void {
    this.#isRunning = true;
    const nowMs = this.#context.monotonicMs();
    this.#entries.forEach((entry, index) => {
      const phase = ((index + 1) * goldenRatio) % 1;
      // The first cycle of the grid comes half an interval later at least: the one of the start is still fresh.
      entry.nextMs = nowMs + entry.group.scanRateMs * (0.5 + phase / 2);
      this.#run(entry);
      this.#arm(entry);
    });
  }

  stop(): void {
    this.#isRunning = false;
    for (const entry of this.#entries) entry.timer?.cancel();
  }

  #arm(entry: Entry): void {
    entry.timer = this.#context.setTimer(() => this.#tick(entry), entry.nextMs - this.#context.monotonicMs());
  }

  #tick(entry: Entry): void {
    if (!this.#isRunning) return;
    if (entry.isRunning) this.missedCycles += 1;
    else this.#run(entry);
    const lateMs = this.#context.monotonicMs() - entry.nextMs;
    const skipped = Math.max(Math.floor(lateMs / entry.group.scanRateMs), 0);
    this.missedCycles += skipped;
    entry.nextMs += (skipped + 1) * entry.group.scanRateMs;
    this.#arm(entry);
  }

  #run(entry: Entry): void {
    if (entry.isRunning) return;
    entry.isRunning = true;
    this.cycles += 1;
    void entry.group.read().finally(() => {
      entry.isRunning = false;
    });
  }
}
