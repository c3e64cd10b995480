/** Sets our master up for a scenario, against the reference or against its recording. */
import type { ByteChannel } from '../../transport/byte-channel.ts';
import { MasterChannel } from '../master/master-channel.ts';
import type { Measurement } from '../master/measurements.ts';
import type { MasterScenario } from './master-scenario.ts';
import { scenarioClock } from './recording.ts';

export async function runMasterScenario(
  scenario: MasterScenario,
  stage: { connect(): Promise<ByteChannel>; stimulate(what: string): Promise<void> },
): Promise<unknown> {
  const measurements: Measurement[] = [];
  const problems: string[] = [];
  const channel = new MasterChannel({ connect: stage.connect, clock: scenarioClock });
  const handler = {
    measurements: (fresh: Measurement[]) => void measurements.push(...fresh),
    problem: (message: string) => void problems.push(message),
  };
  const settings = { responseTimeoutMs: 3_000, keepAliveMs: 0, ...scenario.master };
  const station = channel.addOutstation({ address: 10, ...settings }, handler);
  const second = scenario.hasSecond ? channel.addOutstation({ address: 11, ...settings }, handler) : undefined;
  channel.start();
  try {
    return await scenario.run({
      station,
      ...(second && { second }),
      measurements,
      problems,
      stimulate: stage.stimulate,
      async until(condition) {
        const deadline = performance.now() + 5_000;
        while (!condition()) {
          if (performance.now() > deadline) throw new Error(`${scenario.name}: waited in vain. ${problems.join(' ')}`);
          await new Promise((resolve) => setTimeout(resolve, 2));
        }
      },
    });
  } finally {
    await channel.stop();
  }
}
