/** What a device has taught about its addresses: which it refuses, and over which borders it does not read. */
import type { Table } from './address.ts';
import type { PlacedPoint } from './point.ts';

interface BadAddress {
  reason: string;
  retryAtMs: number;
  waitMs: number;
}

const longestWaitMs = 86_400_000;

export class AddressKnowledge {
  readonly #bad = new Map<string, BadAddress>();
  readonly #barriers = new Set<string>();
  readonly #retryMs: number;
  /** Changes whenever batches should be planned anew. */
  version = 0;

  constructor(retryMs: number) {
    this.#retryMs = retryMs;
  }

  isBad(point: PlacedPoint): boolean {
    return this.#bad.has(point.id);
  }

  reasonOf(point: PlacedPoint): string | undefined {
    return this.#bad.get(point.id)?.reason;
  }

  get badCount(): number {
    return this.#bad.size;
  }

  markBad(point: PlacedPoint, reason: string, nowMs: number): void {
    const before = this.#bad.get(point.id);
    const waitMs = before ? Math.min(before.waitMs * 2, longestWaitMs) : this.#retryMs;
    this.#bad.set(point.id, { reason, waitMs, retryAtMs: nowMs + waitMs });
    if (!before) this.version += 1;
  }

  markGood(point: PlacedPoint): void {
    if (this.#bad.delete(point.id)) this.version += 1;
  }

  /** The one of these that has waited longest for another try, if its time has come. */
  nextRetry(points: readonly PlacedPoint[], nowMs: number): PlacedPoint | undefined {
    if (this.#bad.size === 0) return undefined;
    let next: { point: PlacedPoint; retryAtMs: number } | undefined;
    for (const point of points) {
      const bad = this.#bad.get(point.id);
      if (bad && bad.retryAtMs <= nowMs && (!next || bad.retryAtMs < next.retryAtMs)) {
        next = { point, retryAtMs: bad.retryAtMs };
      }
    }
    return next?.point;
  }

  isBarrier(table: Table, address: number): boolean {
    return this.#barriers.has(`${table}:${address}`);
  }

  addBarrier(table: Table, address: number): void {
    this.#barriers.add(`${table}:${address}`);
    this.version += 1;
  }
}
