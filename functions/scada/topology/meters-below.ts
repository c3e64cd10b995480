/** Which meters are placed on elements and below them: the network and each element's meters are read once, whatever is asked. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { descendants } from '../../../layers/scada/topology.ts';
import { type LoadedNetwork, loadNetwork } from './load-network.ts';
import { metersBehind } from './network-extent.ts';

export function metersBelowReader(session: TenantSession): (elementId: string) => Promise<string[]> {
  let network: Promise<LoadedNetwork> | undefined;
  const known = new Map<string, string[]>();
  return async (elementId) => {
    network ??= loadNetwork(session);
    const loaded = await network;
    if (!loaded.elements.has(elementId)) return [];
    const below = descendants(loaded, elementId);
    const missing = below.filter((id) => !known.has(id));
    const places = Map.groupBy(await metersBehind(session, missing), (place) => place.elementId);
    for (const id of missing)
      known.set(
        id,
        (places.get(id) ?? []).map(({ meterId }) => meterId),
      );
    return below.flatMap((id) => known.get(id)!);
  };
}
