/**
 * A distribution network as elements that hang on the one they are supplied from. A switch connects what hangs on it with
 * its parent while it is closed; a tie, normally open, has another side as well. What is supplied follows from the
 * substations through whatever conducts, so a feeder fed backwards over a tie counts as it should.
 */

export const elementKinds = ['substation', 'busbar', 'feeder', 'section', 'switch', 'transformer'] as const;
export type ElementKind = (typeof elementKinds)[number];

export interface NetworkElement {
  id: string;
  kind: ElementKind;
  /** What supplies it; a substation without one is a source. */
  parentId?: string | undefined;
  /** Of a tie: the element on its other side. */
  otherSideId?: string | undefined;
}

export type Position = 'open' | 'closed';

export interface Network {
  elements: ReadonlyMap<string, NetworkElement>;
  /** Present position of each switch. */
  positions: ReadonlyMap<string, Position>;
}

/** Elements that are supplied now. */
export function suppliedElements(network: Network): Set<string> {
  const neighbours = conductingNeighbours(network);
  const supplied = new Set<string>();
  const waiting: string[] = [];
  for (const { id, kind, parentId } of network.elements.values())
    if (kind === 'substation' && parentId === undefined) {
      supplied.add(id);
      waiting.push(id);
    }
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop())
    for (const next of neighbours.get(id) ?? [])
      if (!supplied.has(next)) {
        supplied.add(next);
        waiting.push(next);
      }
  return supplied;
}

export interface Behind {
  /** Whether they are supplied at present. */
  supplied: boolean;
  elementIds: string[];
}

/**
 * What an element decides over: elements that lose supply when it opens or fails and, of an open switch, those that would get
 * supply if it closed. Of an element without supply, what hangs on it.
 */
export function elementsBehind(network: Network, elementId: string): Behind {
  const element = network.elements.get(elementId);
  if (element === undefined) return { supplied: false, elementIds: [] };
  const now = suppliedElements(network);
  if (element.kind === 'switch' && network.positions.get(elementId) === 'open') {
    const closed = suppliedElements(withPosition(network, elementId, 'closed'));
    return { supplied: false, elementIds: difference(closed, now) };
  }
  const without =
    element.kind === 'switch'
      ? suppliedElements(withPosition(network, elementId, 'open'))
      : suppliedElements({ ...network, elements: withoutElement(network.elements, elementId) });
  if (now.has(elementId)) return { supplied: true, elementIds: difference(now, without) };
  return { supplied: false, elementIds: descendants(network, elementId) };
}

export const withPosition = (network: Network, switchId: string, position: Position): Network => ({
  ...network,
  positions: new Map(network.positions).set(switchId, position),
});

/** Why the elements are no network, with the ids; empty when they are. */
export function networkProblems(elements: ReadonlyMap<string, NetworkElement>): { id: string; message: string }[] {
  const problems: { id: string; message: string }[] = [];
  for (const element of elements.values()) {
    const { id, kind, parentId, otherSideId } = element;
    if (parentId === undefined && kind !== 'substation')
      problems.push({ id, message: `A ${kind} needs a parent; only a substation is a source.` });
    for (const other of [parentId, otherSideId])
      if (other !== undefined && !elements.has(other))
        problems.push({ id, message: `There is no element "${other}".` });
    if (otherSideId !== undefined && kind !== 'switch')
      problems.push({ id, message: 'Only a switch has another side.' });
    if (isOwnAncestor(elements, id)) problems.push({ id, message: 'It would supply itself: the parents go round.' });
  }
  return problems;
}

function isOwnAncestor(elements: ReadonlyMap<string, NetworkElement>, id: string): boolean {
  const seen = new Set<string>();
  for (let at = elements.get(id)?.parentId; at !== undefined && !seen.has(at); at = elements.get(at)?.parentId) {
    if (at === id) return true;
    seen.add(at);
  }
  return false;
}

function conductingNeighbours({ elements, positions }: Network): Map<string, string[]> {
  const neighbours = new Map<string, string[]>();
  const join = (a: string, b: string | undefined): void => {
    if (b === undefined || !elements.has(b)) return;
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      const list = neighbours.get(from);
      if (list === undefined) neighbours.set(from, [to]);
      else list.push(to);
    }
  };
  for (const { id, kind, parentId, otherSideId } of elements.values()) {
    if (kind !== 'switch' || positions.get(id) !== 'open') join(id, parentId);
    join(id, otherSideId);
  }
  return neighbours;
}

/** An element and all that hangs on it as the network is built, whatever its switches say now. */
export function descendants({ elements }: Pick<Network, 'elements'>, elementId: string): string[] {
  const children = Map.groupBy(elements.values(), ({ parentId }) => parentId);
  const found = [elementId];
  for (const id of found) for (const child of children.get(id) ?? []) found.push(child.id);
  return found;
}

function withoutElement(elements: Network['elements'], id: string): Map<string, NetworkElement> {
  const rest = new Map(elements);
  rest.delete(id);
  return rest;
}

const difference = (more: ReadonlySet<string>, less: ReadonlySet<string>): string[] =>
  [...more].filter((id) => !less.has(id));
