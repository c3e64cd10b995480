/** A page of stops with everything the app needs where there is no network: who lives there, the meter, what to expect. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { type ExpectedReading, expectedReadings, type Meter, metersById } from '../../metering/contract.ts';
import { balancesOf } from '../accounts/show-account.ts';
import { customerEntity } from '../customers/customer-entity.ts';
import { today } from '../invoices/local-day.ts';
import { type Occupancy, occupancyEntity } from '../supplies/supply-entity.ts';
import type { PackedStop } from './packed-stop-schema.ts';
import type { StoredStop } from './route-entity.ts';

export async function packStops(
  session: TenantSession,
  stops: readonly StoredStop[],
  { mayCollect }: { mayCollect: boolean },
): Promise<PackedStop[]> {
  const meterIds = stops.map(({ meterId }) => meterId);
  const [meters, occupancies, day] = await Promise.all([
    metersById(session, meterIds),
    session.getMany(
      occupancyEntity,
      meterIds.map((meterId) => ({ meterId })),
    ),
    today(session),
  ]);
  const customerOf = new Map(occupancies.map((row) => [row.meterId, customerOn(row, day)]));
  const ids = [...new Set([...customerOf.values()].filter((id) => id !== undefined))];
  const [known, customers, balances] = await Promise.all([
    expectedReadings(session, [...meters.values()], Date.parse(session.context.now())),
    session.getMany(
      customerEntity,
      ids.map((id) => ({ id })),
    ),
    Promise.all(ids.map(async (id) => [id, mayCollect ? await balancesOf(session, id) : undefined] as const)),
  ]);
  const balancesBy = new Map(balances);
  return stops.map((stop) => {
    const customer = customers.find(({ id }) => id === customerOf.get(stop.meterId));
    return {
      ...stop,
      meter: shownMeter(meters.get(stop.meterId)),
      ...(known.get(stop.meterId) ?? ({} as ExpectedReading)),
      customer:
        customer === undefined ? null : { ...shownCustomer(customer), ...shownBalances(balancesBy.get(customer.id)) },
    };
  });
}

const customerOn = ({ spans }: Occupancy, day: string): string | undefined =>
  spans.find(({ from, to }) => from <= day && (to === undefined || day < to))?.customerId;

function shownMeter(meter: Meter | undefined) {
  if (meter === undefined) return null;
  const { serialNumber, model, status, phases, digits, decimals, registers } = meter;
  return { serialNumber, model, status, phases, digits, decimals, registers };
}

/** What a reader needs at the door, and no number of an identity card. */
function shownCustomer(customer: NonNullable<PackedStop['customer']>) {
  const { id, accountNumber, name, version, nameAr, phone, address, latitude, longitude, language } = customer;
  return { id, accountNumber, name, version, nameAr, phone, address, latitude, longitude, language };
}

const shownBalances = (balances: readonly { currency: string; balance: string }[] | undefined) =>
  balances === undefined ? {} : { balances: balances.map(({ currency, balance }) => ({ currency, balance })) };
