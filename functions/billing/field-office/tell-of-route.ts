/** Publishes what becomes of a route to whom it concerns, with the change. */
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { fieldRouteChanged, type routeChanges } from '../mobile/field-events.ts';

export function tellOfRoute(
  unit: UnitOfWork,
  routeId: string,
  userId: string | undefined,
  change: (typeof routeChanges)[number],
): void {
  if (userId !== undefined)
    unit.emit(fieldRouteChanged, { aggregateId: routeId, payload: { routeId, userId, change } });
}
