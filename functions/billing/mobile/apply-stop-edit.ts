/** Place and note of a stop, edited in the field: the server wins, so an edit of something older than it holds is given back. */
import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import { type FieldWorker, rejected } from './field-context.ts';
import { logOperation, once } from './operation-log.ts';
import type { OperationOf, OperationResult } from './operation-schema.ts';
import { requireOwnRoute, type StoredStop, stopEntity } from './route-entity.ts';

export function applyStopEdit(worker: FieldWorker, operation: OperationOf<'stop_edit'>): Promise<OperationResult> {
  const { session, userId } = worker;
  const { id, routeId, meterId, baseVersion, sequence, note } = operation;
  return once(session, userId, id, async () => {
    const route = await requireOwnRoute(session, userId, routeId);
    if (route.status === 'closed') return rejected(worker, id, 'route_closed');
    // A visit of the stop may come in between; it changes nothing that an edit changes.
    return retryOnChange(async () => {
      const stop = await session.get(stopEntity, { routeId, meterId }, { consistent: true });
      if (stop === undefined) return rejected(worker, id, 'not_on_route', { detail: meterId });
      if (stop.editVersion !== baseVersion)
        return { id, status: 'conflict', rule: 'server_wins', server: { ...shownStop(stop) } };
      return session.transact('billing', (unit) => {
        const after = unit.update(stopEntity, stop, {
          editVersion: stop.editVersion + 1,
          ...(sequence === undefined ? {} : { sequence }),
          ...(note === undefined ? {} : { note }),
        });
        const result: OperationResult = { id, status: 'applied', server: { ...shownStop(after) } };
        logOperation(unit, worker, result);
        return result;
      });
    });
  });
}

const shownStop = ({ routeId, meterId, sequence, note, status, editVersion }: StoredStop) => ({
  routeId,
  meterId,
  sequence,
  ...(note === undefined ? {} : { note }),
  status,
  editVersion,
});
