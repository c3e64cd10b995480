/** Sets our outstation up for a scenario, for the reference or for its recording. */
import { Outstation } from '../outstation/outstation.ts';
import type { OutstationScenario } from './outstation-scenarios.ts';
import { scenarioClock } from './recording.ts';

export function startOutstation(scenario: OutstationScenario): Outstation {
  // The clock stands, so that delays measured by it are the same in every run.
  const clock = { ...scenarioClock, monotonicMs: () => 0 };
  const settings = { address: 10, points: scenario.points, keepAliveMs: 0, ...scenario.outstation };
  return new Outstation(settings, scenario.handler?.() ?? {}, clock);
}
