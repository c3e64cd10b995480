/** What hangs on elements, and which meters are placed there: the network and each element's meters are read once, whatever is asked. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { descendants } from '../../../layers/scada/topology.ts';
import { type LoadedNetwork, loadNetwork } from './load-network.ts';
import { metersBehind } from './network-extent.ts';

export interface NetworkBelow {
  /** The element itself first. */
  elementsBelow: (elementId: string) => Promise<string[]>;
  metersBelow: (elementId: string) => Promise<string[]>;
}

export function readNetworkBelow(session: TenantSession): NetworkBelow {
  let network: Promise<LoadedNetwork> | undefined;
  const known = new Map<string, string[]>();
  const elementsBelow = async (elementId: string): Promise<string[]> => {
    network ??= loadNetwork(session);
    const loaded = await network;
    return loaded.elements.has(elementId) ? descendants(loaded, elementId) : [];
  };
  return {
    elementsBelow,
    metersBelow: async (elementId) => {
      const below = await elementsBelow(elementId);
      const missing = below.filter((id) => !known.has(id));
      const places = Map.groupBy(await metersBehind(session, missing), (place) => place.elementId);
      for (const id of missing)
        known.set(
          id,
          (places.get(id) ?? []).map(({ meterId }) => meterId),
        );
      return below.flatMap((id) => known.get(id)!);
    },
  };
}
