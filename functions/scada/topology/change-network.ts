/** Changes of the network: each is judged on the whole of it, so that it stays one. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { networkProblems } from '../../../layers/scada/topology.ts';
import { switchChanged } from '../events.ts';
import { type Element, elementEntity, type SwitchState, switchStateEntity } from './element-entity.ts';
import { loadNetwork } from './load-network.ts';
import { metersBehind } from './network-extent.ts';

export async function createElement(session: TenantSession, element: Element): Promise<Element & Stored> {
  await refuseProblems(session, element);
  return session.transact('scada', (unit) => {
    requireNeighbours(unit, element);
    return unit.create(elementEntity, element);
  });
}

export async function updateElement(
  session: TenantSession,
  before: Element & Stored,
  changes: Partial<{ [P in keyof Element]: Element[P] | null }>,
): Promise<Element & Stored> {
  const merged = Object.entries({ ...before, ...changes }).filter(([, value]) => value !== null);
  const after = Object.fromEntries(merged) as Element;
  await refuseProblems(session, after);
  return session.transact('scada', (unit) => {
    requireNeighbours(unit, after);
    return unit.update(elementEntity, before, changes);
  });
}

export async function deleteElement(session: TenantSession, element: Element & Stored): Promise<void> {
  const { elements } = await loadNetwork(session);
  for (const { id, parentId, otherSideId } of elements.values())
    if (parentId === element.id || otherSideId === element.id)
      throw new AppError('conflict', `Element "${id}" hangs on it.`);
  if ((await metersBehind(session, [element.id])).length > 0)
    throw new AppError('conflict', 'Meters hang on it: place them elsewhere first.');
  await session.transact('scada', (unit) => {
    unit.delete(elementEntity, element);
  });
}

/** @throws AppError `conflict` where a point tells the position, `unprocessable` for what is no switch */
export async function setPosition(
  session: TenantSession,
  element: Element & Stored,
  position: SwitchState['position'],
): Promise<void> {
  if (element.kind !== 'switch') throw new AppError('unprocessable', `A ${element.kind} has no position.`);
  const known = await session.get(switchStateEntity, { elementId: element.id }, { consistent: true });
  if (known?.pointId !== undefined)
    throw new AppError('conflict', `Point "${known.pointId}" tells the position of this switch.`);
  const previousPosition = known?.position ?? element.normalPosition;
  const time = session.context.now();
  await session.transact('scada', (unit) => {
    const row: SwitchState = { elementId: element.id, position, time };
    if (known === undefined) unit.create(switchStateEntity, row);
    else unit.update(switchStateEntity, known, row);
    if (previousPosition !== position)
      unit.emit(switchChanged, {
        aggregateId: element.id,
        payload: { stationId: element.stationId ?? '', elementId: element.id, previousPosition, position, time },
      });
  });
}

async function refuseProblems(session: TenantSession, element: Element): Promise<void> {
  const { elements } = await loadNetwork(session);
  const problems = networkProblems(new Map(elements).set(element.id, element as Element & Stored));
  const own = problems.filter(({ id }) => id === element.id);
  if (own.length > 0) throw new AppError('unprocessable', own.map(({ message }) => message).join(' '));
}

/** What it hangs on must not go in the same moment. */
function requireNeighbours(
  unit: Parameters<Parameters<TenantSession['transact']>[1]>[0],
  { parentId, otherSideId }: Element,
): void {
  for (const id of new Set([parentId, otherSideId])) if (id !== undefined) unit.requireExists(elementEntity, { id });
}
