/**
 * Records conversations with programs built on a reference implementation; see docs/interop/dnp3.md for what the programs
 * must do. `node record.ts master <program of an outstation> <provenance>` or `node record.ts outstation <program of a
 * master> <provenance>`; a scenario's name at the end picks one.
 */

import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { listen, openChannel } from '../../transport/byte-channel.ts';
import { masterScenarios } from './master-scenarios.ts';
import { outstationScenarios } from './outstation-scenarios.ts';
import { type Recording, recorded } from './recording.ts';
import { ReferenceProgram } from './reference-program.ts';
import { runMasterScenario } from './run-master-scenario.ts';
import { startOutstation } from './run-outstation-scenario.ts';

const [, , side, program, provenance, only] = process.argv;
if (!program || !provenance || (side !== 'master' && side !== 'outstation')) {
  console.error('record.ts master|outstation <program> <provenance> [scenario]');
  process.exit(2);
}

const fixtureName = (own: string, scenario: string): string =>
  `${own}-${scenario.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}.json`;

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

async function keep(own: string, recording: Recording): Promise<void> {
  const steps = recording.steps.map((step) => `    ${JSON.stringify(step)}`).join(',\n');
  const { steps: _, ...head } = recording;
  const text = `${JSON.stringify(head, undefined, 2).slice(0, -2)},\n  "steps": [\n${steps}\n  ]\n}\n`;
  await writeFile(new URL(`../fixtures/${fixtureName(own, recording.scenario)}`, import.meta.url), text);
}

let failures = 0;

if (side === 'master')
  for (const scenario of masterScenarios.filter(({ name }) => !only || name === only)) {
    const port = await freePort();
    const reference = await ReferenceProgram.start(
      program,
      [String(port), String(scenario.points ?? 5)],
      scenario.environment,
    );
    const recording: Recording = { scenario: scenario.name, provenance, steps: [] };
    const result = await runMasterScenario(scenario, {
      connect: async () => recorded(await openChannel({ kind: 'tcp', host: '127.0.0.1', port }), '>', recording.steps),
      async stimulate(what) {
        recording.steps.push(['!', what]);
        await reference.tell(what);
      },
    }).catch((error: Error) => ({ failed: error.message }));
    const isExpected = isDeepStrictEqual(result, scenario.expected);
    if (!isExpected) failures += 1;
    console.log(`${isExpected ? 'ok      ' : 'DIFFERS '} ${scenario.name}`);
    if (!isExpected) console.dir(result, { depth: null, maxArrayLength: null });
    reference.stop();
    await keep('master', recording);
  }

if (side === 'outstation')
  for (const scenario of outstationScenarios.filter(({ name }) => !only || name === only)) {
    const recording: Recording = { scenario: scenario.name, provenance, steps: [] };
    const outstation = startOutstation(scenario);
    const listener = await listen({ port: 0 }, (channel) => outstation.attach(recorded(channel, '<', recording.steps)));
    const reference = await ReferenceProgram.start(program, [String(listener.port)], scenario.environment);
    let problem: string | undefined;
    let heard = 0;
    for (const step of scenario.steps) {
      if ('outstation' in step) {
        recording.steps.push(['!', step.outstation]);
        scenario.actions?.[step.outstation]?.(outstation);
      } else if ('master' in step) {
        heard = reference.said.length;
        await reference.tell(step.master);
      } else if ('pauseMs' in step) await new Promise((resolve) => setTimeout(resolve, step.pauseMs));
      const wanted = 'until' in step ? step.until : undefined;
      const behind = wanted && (await reference.hears(wanted, heard));
      if (wanted && behind === undefined) problem ??= `never said ${wanted}`;
      heard = behind ?? heard;
    }
    reference.stop();
    await listener.close();
    recording.masterSaid = reference.said.filter((line) => !/^(OK|READY|BEGIN|END|IIN|ms\()|READY$/.test(line));
    const missing = scenario.expected.filter((line) => !recording.masterSaid!.includes(line));
    if (problem || missing.length > 0) failures += 1;
    console.log(`${problem || missing.length > 0 ? 'DIFFERS ' : 'ok      '} ${scenario.name}`);
    if (problem || missing.length > 0)
      console.dir({ problem, missing, said: reference.said }, { maxArrayLength: null });
    await keep('outstation', recording);
  }

process.exit(failures > 0 ? 1 : 0);
