/** Who is behind a switch: the question of every outage, planned or not. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { notFound } from '../../../layers/kernel/errors/app-error.ts';
import { elementsBehind } from '../../../layers/scada/topology.ts';
import { metersById } from '../../metering/contract.ts';
import { loadNetwork } from './load-network.ts';
import { metersBehind } from './network-extent.ts';

export async function customersBehind(session: TenantSession, elementId: string, limit: number) {
  const network = await loadNetwork(session);
  if (!network.elements.has(elementId)) throw notFound('network element', elementId);
  const { supplied, elementIds } = elementsBehind(network, elementId);
  const places = await metersBehind(session, elementIds);
  const known = await metersById(
    session,
    places.map(({ meterId }) => meterId),
  );
  const customers = new Set([...known.values()].flatMap(({ customerId }) => customerId ?? []));
  return {
    elementId,
    supplied,
    elementIds: [...elementIds].sort(),
    transformerIds: elementIds.filter((id) => network.elements.get(id)?.kind === 'transformer').sort(),
    meterCount: places.length,
    customerCount: customers.size,
    meters: places.slice(0, limit).map(({ meterId, elementId: on }) => ({
      meterId,
      elementId: on,
      customerId: known.get(meterId)?.customerId ?? null,
    })),
    truncated: places.length > limit,
  };
}
