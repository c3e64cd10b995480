/** Subscriber: when a switch changes, says which part of the network lost its supply or got it back, and how many meters hang there. */
import { openSession } from '../../../layers/kernel/data/session.ts';
import { consumeEvents } from '../../../layers/kernel/events/consume.ts';
import type { PayloadOf } from '../../../layers/kernel/events/define-event.ts';
import type { EventEnvelope } from '../../../layers/kernel/events/envelope.ts';
import { publish } from '../../../layers/kernel/events/publish.ts';
import { derivedId } from '../../../layers/kernel/ids.ts';
import { type Position, suppliedElements, withPosition } from '../../../layers/scada/topology.ts';
import { networkOutage, networkRestored, type switchChanged } from '../events.ts';
import { loadNetwork } from '../topology/load-network.ts';
import { countExtent } from '../topology/network-extent.ts';

export const handler = consumeEvents(async (event) => {
  const { elementId, stationId, pointId, previousPosition, position, time } = (
    event as EventEnvelope<PayloadOf<typeof switchChanged>>
  ).payload;
  // A switch on its way, or one outside of the topology, decides over nothing that is known.
  if (elementId === undefined || position === 'unknown' || previousPosition === 'unknown') return;
  const session = openSession(event.tenantId, { correlationId: event.correlationId, causationId: event.id });
  const network = await loadNetwork(session);
  if (!network.elements.has(elementId)) return;
  const suppliedWith = (at: Position) => suppliedElements(withPosition(network, elementId, at));
  const [before, after] = [suppliedWith(previousPosition), suppliedWith(position)];
  for (const [definition, more, less] of [
    [networkOutage, before, after],
    [networkRestored, after, before],
  ] as const) {
    const elementIds = [...more].filter((id) => !less.has(id));
    const { transformerIds, meterCount } = await countExtent(session, network, elementIds);
    // A switch with nothing behind it leaves nobody in the dark.
    if (transformerIds.length === 0 && meterCount === 0) continue;
    await publish(session, 'scada', definition, {
      // The same change gives the same event, however often it is handled.
      id: derivedId('evt', Date.parse(time), `${definition.type} ${event.id}`),
      aggregateId: elementId,
      occurredAt: time,
      payload: {
        stationId,
        elementId,
        ...(pointId === undefined ? {} : { pointId }),
        time,
        cause: 'switch',
        transformerIds,
        meterCount,
      },
    });
  }
});
