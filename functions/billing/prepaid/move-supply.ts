/** Ends a supply and begins another of the same customer at the same meter in one transaction: the meter is nobody's at no moment. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { derivedId } from '../../../layers/kernel/ids.ts';
import { customerEntity } from '../customers/customer-entity.ts';
import { supplyEnded, supplyStarted } from '../events.ts';
import { refuseEnd } from '../supplies/refuse-end.ts';
import { occupancyEntity, supplyEntity } from '../supplies/supply-entity.ts';
import { type BilledSupply, type Supply, shownSupply } from '../supplies/supply-schema.ts';
import { tariffOn } from '../supplies/tariff-timeline.ts';
import { requireTariffFor } from '../tariffs/require-tariff.ts';
import { closingAtEnd } from '../vee-exceptions/close-exceptions.ts';

type Row = BilledSupply & Stored;

/** The supply that follows one on a day: the same however often it is asked for. */
export const nextSupplyId = (id: string, on: string): string => derivedId('sup', Date.parse(on), `${id} ${on}`);

/** @returns writes it; needs the supply as it was read @throws AppError `not_found`, `conflict`, `unprocessable` */
export async function planMove(
  session: TenantSession,
  supply: Row,
  { on, mode, tariffId }: { on: string; mode: Supply['mode']; tariffId: string | undefined },
): Promise<(unit: UnitOfWork) => { ended: Row; started: Row }> {
  refuseEnd(supply, on);
  const present = tariffOn(supply, on);
  const next = tariffId ?? present;
  const [occupancy, withoutException] = await Promise.all([
    session.require(occupancyEntity, { meterId: supply.meterId }),
    closingAtEnd(session, supply, on),
    next === present
      ? undefined
      : session
          .require(customerEntity, { id: supply.customerId })
          .then((customer) => requireTariffFor(session, next, customer)),
  ]);
  const { customerId, meterId, connectedKw, contractedKw, contractedKva, phases, dwellings } = supply;
  const { connectionPoint, invoiceGroup, place } = supply;
  const id = nextSupplyId(supply.id, on);
  const following: BilledSupply = {
    id,
    place,
    customerId,
    meterId,
    tariffId: next,
    from: on,
    mode,
    phases,
    dwellings,
    ...(connectedKw === undefined ? {} : { connectedKw }),
    ...(contractedKw === undefined ? {} : { contractedKw }),
    ...(contractedKva === undefined ? {} : { contractedKva }),
    ...(connectionPoint === undefined ? {} : { connectionPoint }),
    ...(invoiceGroup === undefined ? {} : { invoiceGroup }),
  };
  return (unit) => {
    const ended = unit.update(supplyEntity, supply, { to: on, ...withoutException(unit) });
    const started = unit.create(supplyEntity, following);
    const spans = occupancy.spans.map((span) => (span.supplyId === supply.id ? { ...span, to: on } : span));
    unit.update(
      occupancyEntity,
      occupancy,
      { spans: [...spans, { supplyId: id, customerId, from: on }] },
      { isAudited: false },
    );
    unit.emit(supplyEnded, { aggregateId: supply.id, payload: shownSupply(ended) });
    unit.emit(supplyStarted, { aggregateId: id, payload: shownSupply(started) });
    return { ended, started };
  };
}
