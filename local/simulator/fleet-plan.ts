/** Plans a believable fleet of any size: stations of a few hundred meters with a mix of customers. */
import type { StationSpec } from './fleet-model.ts';
import type { Profile } from './profiles.ts';
import { seedOf, uniform } from './random.ts';
import type { MeterSpec } from './simulated-meter.ts';

/** Cumulative shares of a small town's customers. */
const MIX: [upTo: number, profile: Profile][] = [
  [0.76, 'household'],
  [0.9, 'shop'],
  [0.92, 'workshop'],
  [0.97, 'solar'],
  [1, 'street-light'],
];

/** @param metersPerStation @default 250 */
export function planFleet(meters: number, seed: number, metersPerStation = 250): StationSpec[] {
  const stations: StationSpec[] = [];
  for (let i = 0; i < meters; i++) {
    if (i % metersPerStation === 0)
      stations.push({ id: `ST-${String(stations.length + 1).padStart(4, '0')}`, meters: [] });
    stations.at(-1)!.meters.push(planMeter(i + 1, seed));
  }
  return stations;
}

function planMeter(number: number, seed: number): MeterSpec {
  const meterSeed = seedOf(`plan-${number}`, seed);
  const share = uniform(meterSeed, 1);
  const profile = MIX.find(([upTo]) => share < upTo)![1];
  return {
    id: `ACR-${String(number).padStart(6, '0')}`,
    type: profile === 'workshop' ? 'ADL400' : 'ADL200',
    profile,
    initialRegisterKwh: Math.round(uniform(meterSeed, 2) * 30_000),
  };
}
