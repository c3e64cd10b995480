/** A correction of a customer’s record from the field becomes a proposal, whatever happened to the record meanwhile. */
import { derivedId } from '../../../layers/kernel/ids.ts';
import { customerEntity } from '../customers/customer-entity.ts';
import { occupancyEntity } from '../supplies/supply-entity.ts';
import { type Correction, correctionEntity } from './correction-entity.ts';
import { type FieldWorker, rejected, takenTime } from './field-context.ts';
import { logOperation, once } from './operation-log.ts';
import type { OperationOf, OperationResult } from './operation-schema.ts';
import { requireOwnRoute, stopEntity } from './route-entity.ts';

export function applyCorrection(
  worker: FieldWorker,
  operation: OperationOf<'customer_correction'>,
): Promise<OperationResult> {
  const { session, userId } = worker;
  const { id, routeId, meterId, customerId, baseVersion, changes, note, time } = operation;
  return once(session, userId, id, async () => {
    const { createdAt } = await requireOwnRoute(session, userId, routeId, { orFormer: true });
    const [stop, occupancy, customer] = await Promise.all([
      session.get(stopEntity, { routeId, meterId }, { consistent: true }),
      session.get(occupancyEntity, { meterId }, { consistent: true }),
      session.get(customerEntity, { id: customerId }, { consistent: true }),
    ]);
    if (stop === undefined) return rejected(worker, id, 'not_on_route', { detail: meterId });
    if (customer === undefined || !occupancy?.spans.some((span) => span.customerId === customerId))
      return rejected(worker, id, 'customer_not_at_meter');
    const { takenAt } = takenTime(worker, time, createdAt);
    const correction: Correction = {
      id: derivedId('fcp', Date.parse(takenAt), `${session.tenantId} ${userId} ${id}`),
      operationId: id,
      proposedBy: userId,
      routeId,
      meterId,
      customerId,
      baseVersion,
      changes,
      ...(note === undefined ? {} : { note }),
      takenAt,
      status: 'proposed',
    };
    return session.transact('billing', (unit) => {
      unit.create(correctionEntity, correction);
      const result: OperationResult = {
        id,
        status: 'applied',
        rule: 'proposal',
        made: { proposalId: correction.id },
        server: { customerVersion: customer.version },
        time: takenAt,
      };
      logOperation(unit, worker, result);
      return result;
    });
  });
}
