/** Joins points into as few requests as the device's limits and what is known of its addresses allow. */
import { isBitTable, type Table } from './address.ts';
import type { PlacedPoint } from './point.ts';

export interface Batch {
  table: Table;
  start: number;
  quantity: number;
  points: readonly PlacedPoint[];
}

export interface PlanLimits {
  /** Most registers of one request. */
  maxRegisters: number;
  maxBits: number;
  /** Most unwanted registers between two wanted ones; bits count as a sixteenth. */
  gap: number;
  /** Points that are left out, and whose registers no request may touch. */
  isBad(point: PlacedPoint): boolean;
  /** Whether no request may reach over the beginning of this address. */
  isBarrier(table: Table, address: number): boolean;
}

const tableOrder: Readonly<Record<Table, number>> = {
  coil: 0,
  discrete_input: 1,
  input_register: 2,
  holding_register: 3,
};

export function sortPoints(points: Iterable<PlacedPoint>): PlacedPoint[] {
  return [...points].sort(
    (a, b) => tableOrder[a.table] - tableOrder[b.table] || a.start - b.start || a.length - b.length,
  );
}

/** @param points sorted by `sortPoints` */
export function planBatches(points: readonly PlacedPoint[], limits: PlanLimits): Batch[] {
  const batches: Batch[] = [];
  let open: { table: Table; start: number; end: number; points: PlacedPoint[] } | undefined;
  const close = (): void => {
    if (open)
      batches.push({ table: open.table, start: open.start, quantity: open.end - open.start, points: open.points });
    open = undefined;
  };
  for (const point of points) {
    if (limits.isBad(point)) {
      close();
      continue;
    }
    const end = point.start + point.length;
    if (open && canJoin(open, point, limits)) {
      open.end = Math.max(open.end, end);
      open.points.push(point);
      continue;
    }
    close();
    open = { table: point.table, start: point.start, end, points: [point] };
  }
  close();
  return batches;
}

function canJoin(
  open: { table: Table; start: number; end: number },
  point: PlacedPoint,
  { maxRegisters, maxBits, gap, isBarrier }: PlanLimits,
): boolean {
  if (open.table !== point.table) return false;
  const isBits = isBitTable(point.table);
  const end = Math.max(open.end, point.start + point.length);
  if (end - open.start > (isBits ? maxBits : maxRegisters)) return false;
  // Overlapping points share registers: a barrier between them would be one within a value.
  if (point.start < open.end) return true;
  return point.start - open.end <= (isBits ? gap * 16 : gap) && !isBarrier(point.table, point.start);
}

/** Two halves of a refused batch, cut where it costs least to be wrong: at its widest gap, or in the middle. */
export function splitBatch(batch: Batch): { halves: [Batch, Batch]; gap: number } | undefined {
  let best: { index: number; gap: number; distance: number } | undefined;
  let reach = 0;
  batch.points.forEach((point, index) => {
    if (index > 0 && point.start >= reach) {
      const gap = point.start - reach;
      const distance = Math.abs(index - batch.points.length / 2);
      if (!best || gap > best.gap || (gap === best.gap && distance < best.distance)) best = { index, gap, distance };
    }
    reach = Math.max(reach, point.start + point.length);
  });
  if (!best) return undefined;
  const { index, gap } = best;
  return { halves: [batchOf(batch.points.slice(0, index)), batchOf(batch.points.slice(index))], gap };
}

export function batchOf(points: readonly PlacedPoint[]): Batch {
  const start = Math.min(...points.map((point) => point.start));
  const end = Math.max(...points.map((point) => point.start + point.length));
  return { table: points[0]!.table, start, quantity: end - start, points };
}
