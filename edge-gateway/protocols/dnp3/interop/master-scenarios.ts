/**
 * What our master does against an outstation of the reference, function by function, and what must come of it. Written so
 * that the same code records against the reference and replays against its octets.
 */
import { actingScenarios } from './acting-scenarios.ts';
import type { MasterScenario } from './master-scenario.ts';
import { readingScenarios } from './reading-scenarios.ts';

export const masterScenarios: MasterScenario[] = [...readingScenarios, ...actingScenarios];
