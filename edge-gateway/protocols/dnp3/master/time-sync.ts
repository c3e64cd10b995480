/** Setting the clock of an outstation (IEEE 1815-2012, clause 10.3). */
import { RequestBody } from '../application/fragment-writer.ts';
import { functionCode } from '../application/function-codes.ts';
import { refusalOf } from '../application/internal-indications.ts';
import { Dnp3Error } from '../errors.ts';
import type { Response } from './exchange.ts';
import type { TimeSyncProcedure } from './settings.ts';

export interface TimeSyncLine {
  request(code: number, body: Uint8Array): Promise<Response>;
  now(): number;
}

const emptyBody = Buffer.alloc(0);

export function rejectRefusal(response: Response, what: string): Response {
  const refusal = refusalOf(response.indications);
  if (refusal) throw new Dnp3Error('rejected', `The outstation answered ${what} with ${refusal}.`);
  return response;
}

/** Milliseconds the outstation says it took between request and answer: group 52, in seconds or milliseconds. */
export function delayOf(response: Response): number {
  for (const block of response.fragments.flatMap(({ blocks }) => blocks)) {
    const value = block.objects[0]?.object.value;
    if (block.group === 52 && typeof value === 'number') return block.variation === 1 ? value * 1000 : value;
  }
  throw new Dnp3Error('malformed', 'The answer holds no time delay (group 52).');
}

/** Propagation delay one way, milliseconds. */
export async function measureDelay(line: TimeSyncLine): Promise<number> {
  const response = rejectRefusal(await line.request(functionCode.delayMeasure, emptyBody), 'delay measurement');
  return Math.max(0, (response.roundTripMs - delayOf(response)) / 2);
}

export async function synchronizeTime(
  line: TimeSyncLine,
  procedure: Exclude<TimeSyncProcedure, 'none'>,
): Promise<void> {
  if (procedure === 'lan') {
    const recorded = rejectRefusal(
      await line.request(functionCode.recordCurrentTime, emptyBody),
      'record current time',
    );
    return writeTime(line, 3, recorded.sentAtMs);
  }
  const delay = await measureDelay(line);
  return writeTime(line, 1, line.now() + delay);
}

async function writeTime(line: TimeSyncLine, variation: 1 | 3, timeMs: number): Promise<void> {
  const body = new RequestBody().single(50, variation, { value: Math.round(timeMs) }).octets();
  rejectRefusal(await line.request(functionCode.write, body), 'writing the time');
}
