/** The points of a device that are read together, and where a point is once its device's map is known. */
import { isBitTable, isModelAddress } from './address.ts';
import type { Batch } from './batch-planner.ts';
import { type ModbusPoint, type PlacedPoint, placePoint } from './point.ts';
import type { SunspecModel } from './sunspec-discovery.ts';

/** Points of one rate with their batches, planned anew when something was learnt. */
export class GroupPlan {
  readonly ids: readonly string[];
  /** Whether the device's batches are tuned by this group. */
  readonly isMeasured: boolean;
  points: PlacedPoint[] = [];
  batches: Batch[] = [];
  version = '';

  constructor(ids: readonly string[], isMeasured: boolean) {
    this.ids = ids;
    this.isMeasured = isMeasured;
  }

  /** Registers that are wanted, whatever was read around them. */
  wanted(placed: ReadonlyMap<string, PlacedPoint>): number {
    return this.ids.reduce((sum, id) => {
      const point = placed.get(id);
      return point && !isBitTable(point.table) ? sum + point.format.length : sum;
    }, 0);
  }
}

/** @returns the place, a reason why there is none, or undefined while models are not known */
export function locatePoint(
  id: string,
  point: ModbusPoint,
  models: readonly SunspecModel[] | undefined,
): PlacedPoint | string | undefined {
  const { address } = point;
  if (!isModelAddress(address)) return placePoint(id, point, address.table, address.address, address.scaleAddress);
  if (!models) return undefined;
  const model = models.filter((candidate) => candidate.id === address.model)[address.occurrence - 1];
  if (!model) return `the device has no SunSpec model ${address.model}`;
  const last = Math.max(address.offset + point.format.length, (address.scaleOffset ?? 0) + 1);
  if (last > model.length + 2) return `SunSpec model ${address.model} of this device ends before it`;
  const scaleAddress = address.scaleOffset === undefined ? undefined : model.address + address.scaleOffset;
  return placePoint(id, point, 'holding_register', model.address + address.offset, scaleAddress);
}
