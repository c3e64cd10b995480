/** Replays what was recorded against the reference: our octets must be the same, and what came of them as well. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { masterScenarios } from './master-scenarios.ts';
import { outstationScenarios } from './outstation-scenarios.ts';
import { type Recording, replay } from './recording.ts';
import { runMasterScenario } from './run-master-scenario.ts';
import { startOutstation } from './run-outstation-scenario.ts';

const folder = new URL('../fixtures/', import.meta.url);
const recordings = (own: string): Map<string, Recording> =>
  new Map(
    readdirSync(folder)
      .filter((name) => name.startsWith(`${own}-`))
      .map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Recording)
      .map((recording) => [recording.scenario, recording]),
  );

describe('our master against the recorded outstation', () => {
  const recorded = recordings('master');
  it.each(masterScenarios)('$name', async (scenario) => {
    const peer = replay(recorded.get(scenario.name)!, '>');
    const result = await Promise.race([
      runMasterScenario(scenario, { connect: async () => peer.channel, stimulate: peer.stimulate }),
      peer.done.then(() => new Promise<never>(() => {})),
    ]);
    await peer.done;
    expect(result).toEqual(scenario.expected);
  });
});

describe('our outstation against the recorded master', () => {
  const recorded = recordings('outstation');
  it.each(outstationScenarios)('$name', async (scenario) => {
    const outstation = startOutstation(scenario);
    const recording = recorded.get(scenario.name)!;
    const peer = replay(recording, '<', (action) => scenario.actions?.[action]?.(outstation));
    outstation.attach(peer.channel);
    await peer.done;
    outstation.detach();
    expect(scenario.expected.filter((line) => !recording.masterSaid!.includes(line))).toEqual([]);
  });
});
