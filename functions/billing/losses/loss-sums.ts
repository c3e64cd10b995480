/** What a loss report adds up, by area, row of days and measure. Energies are millionths of a kWh. */
import { toUnits } from '../../../layers/metering/register.ts';
import type { Sums } from '../reports/sums.ts';
import type { MeasuredLine } from './measure-meter.ts';

const measures = [
  'input',
  'inputIntegrated',
  'inputBridged',
  'returned',
  'fedIn',
  'metered',
  'estimated',
  'billed',
  'billedEstimated',
  'billedApportioned',
  'sold',
  'unbilled',
  'withoutSupply',
  'meters',
  'meterDays',
  'unreadMeters',
  'unreadDays',
  'incompleteMeters',
  'unknownInputs',
  'sharedInputs',
] as const;
export type Measure = (typeof measures)[number];

const nameOf = (area: number, row: number, measure: Measure): string => `${area}/${row}/${measure}`;

export const measureOf = (sums: Sums, area: number, row: number, measure: Measure): bigint =>
  sums.get(nameOf(area, row, measure));

export function addLine(sums: Sums, line: MeasuredLine): void {
  const add = (measure: Measure, value: bigint | number): void => {
    if (BigInt(value) !== 0n) sums.add(nameOf(line.area, line.row, measure), BigInt(value));
  };
  const { importUnits = 0n, exportUnits = 0n, days, unreadDays } = line;
  if (line.role === 'input') {
    add('input', importUnits);
    add('returned', exportUnits);
    if (line.isIntegrated) {
      add('inputIntegrated', importUnits);
      add('inputBridged', line.estimatedUnits);
    }
    add('unknownInputs', line.isComplete ? 0 : 1);
    add('sharedInputs', line.isShared ? 1 : 0);
    return;
  }
  add('metered', importUnits);
  add('fedIn', exportUnits);
  add('estimated', line.estimatedUnits);
  add('billed', line.billed.units);
  add('billedEstimated', line.billed.estimated);
  add('billedApportioned', line.billed.apportioned);
  add('sold', line.sold);
  add('unbilled', line.unbilled);
  add('withoutSupply', line.withoutSupply);
  add('meters', 1);
  add('meterDays', days);
  add('unreadDays', unreadDays);
  add('unreadMeters', unreadDays === days ? 1 : 0);
  add('incompleteMeters', line.isComplete || unreadDays === days ? 0 : 1);
}

export const unitsOf = (kwh: string): bigint => BigInt(toUnits(kwh)!);
