/** The network as it is now: its elements and the positions of its switches. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { KeyParts } from '../../../layers/kernel/data/keys.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { Network, Position } from '../../../layers/scada/topology.ts';
import {
  type Element,
  elementEntity,
  elementPartition,
  type SwitchState,
  switchStateEntity,
  switchStatePartition,
} from './element-entity.ts';

export interface LoadedNetwork extends Network {
  elements: Map<string, Element & Stored>;
  states: Map<string, SwitchState>;
}

export async function loadNetwork(session: TenantSession): Promise<LoadedNetwork> {
  const [elements, states] = await Promise.all([
    everything<Element & Stored>(session, elementEntity, elementPartition),
    everything<SwitchState>(session, switchStateEntity, switchStatePartition),
  ]);
  const known = new Map(states.map((state) => [state.elementId, state]));
  return {
    elements: new Map(elements.map((element) => [element.id, element])),
    states: known,
    positions: new Map(
      elements
        .filter(({ kind }) => kind === 'switch')
        .map(({ id, normalPosition }): [string, Position] => [id, known.get(id)?.position ?? normalPosition]),
    ),
  };
}

async function everything<T>(session: TenantSession, entity: { table: string }, pk: KeyParts): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await session.query<T>(entity, { pk, limit: 1_000, cursor, consistent: true });
    items.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return items;
}
