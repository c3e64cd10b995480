/** Takes in messages of meters: the whole way from raw payloads to stored readings, and kept refusals. */
import { countMetric } from '../../../layers/kernel/observability/logger.ts';
import { keepRefusals } from '../rejected-readings/keep-refusals.ts';
import { acceptReadings } from './accept-readings.ts';
import type { DeviceMessage } from './device-message.ts';
import { findOwners, type ReadArrival, type Refusal, readArrivals, toRefusal } from './read-messages.ts';

/** @returns ids of messages that could not be finished and must come again */
export async function ingestMessages(messages: readonly DeviceMessage[]): Promise<Set<string>> {
  const { refusals, unfinished, accepted } = await tryMessages(messages);
  for (const id of await keepRefusals(refusals)) unfinished.add(id);
  if (accepted > 0) countMetric('ReadingsAccepted', accepted);
  if (refusals.length > 0) countMetric('ReadingsRejected', refusals.length);
  return unfinished;
}

/** The same without keeping what is refused, for a message that was kept before. */
export async function tryMessages(
  messages: readonly DeviceMessage[],
): Promise<{ refusals: Refusal[]; unfinished: Set<string>; accepted: number }> {
  const { owned, refusals } = await findOwners(messages);
  const arrivals: ReadArrival[] = [];
  for (const entry of owned) readArrivals(entry, arrivals, refusals);
  const { rejections, unfinished } = await acceptReadings(arrivals.map(({ arrival }) => arrival));
  let accepted = 0;
  rejections.forEach((rejection, i) => {
    const { owned: message, element } = arrivals[i]!;
    if (rejection === undefined) accepted++;
    else refusals.push(toRefusal(message, rejection, element));
  });
  return { refusals, unfinished, accepted };
}
