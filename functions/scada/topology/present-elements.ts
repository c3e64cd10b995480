/** Elements as answered: with the position of switches and whether they are supplied. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { suppliedElements } from '../../../layers/scada/topology.ts';
import type { Element } from './element-entity.ts';
import type { LoadedNetwork } from './load-network.ts';

export function presentElements(network: LoadedNetwork, elements: readonly (Element & Stored)[]) {
  const supplied = suppliedElements(network);
  return elements.map((element) => ({
    ...element,
    present: element.kind === 'switch' ? positionOf(network, element) : null,
    supplied: supplied.has(element.id),
  }));
}

function positionOf({ states }: LoadedNetwork, { id, normalPosition }: Element) {
  const state = states.get(id);
  if (state === undefined) return { position: normalPosition, time: null, source: 'normal' as const };
  const source = state.pointId === undefined ? ('manual' as const) : ('telemetry' as const);
  return { position: state.position, time: state.time, source };
}
