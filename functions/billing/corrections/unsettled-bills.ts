/**
 * Bills that readings of the days after may still tell something of, however promptly these come: demands that the meter kept of
 * the period, energy it had been silent about when the bill could not be made anew. They are looked at again by the first reading
 * of each day, as long as readings can tell.
 */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { addDays } from '../../../layers/tariff/calendar.ts';
import type { StoredInvoice } from '../invoices/invoice-entity.ts';
import type { Occupancy } from '../supplies/supply-entity.ts';
import { correctionEntity, correctionIdOf } from './correction-entity.ts';

/** Registers that a meter keeps are read up to three days after a bill; energy is waited for some weeks. */
const [daysOfKept, daysOfEnergy] = [3, 29];

/** Whether a reading of a local day is to have bills looked at. */
export const isFirstOfDay = ({ unsettled }: Occupancy, day: string): boolean =>
  unsettled !== undefined && day >= unsettled.to && day > (unsettled.lookedOn ?? '');

/**
 * What is unsettled at a meter once its bills were looked at for readings up to a local day.
 * @param found its bills from the first unsettled one on @returns undefined where nothing changes, null where all are settled
 */
export async function unsettledAfter(
  session: TenantSession,
  { meterId, unsettled }: Occupancy,
  found: readonly StoredInvoice[],
  day: string,
): Promise<Occupancy['unsettled'] | null> {
  const corrections = await session.getMany(
    correctionEntity,
    found.map((invoice) => ({ id: correctionIdOf(invoice, meterId) })),
    { consistent: true },
  );
  const isRefused = corrections.some(({ status }) => status === 'refused');
  if (unsettled === undefined && !isRefused) return undefined;
  const ends = found.flatMap(({ bills }) => bills.flatMap((each) => (each.meterId === meterId ? each.bill.to : [])));
  const last = ends.sort().at(-1);
  // What comes on the last day is looked at by the next.
  if (last === undefined || day >= addDays(last, isRefused ? daysOfEnergy : daysOfKept)) return null;
  if (day <= (unsettled?.lookedOn ?? '')) return undefined;
  return { to: unsettled?.to ?? last, lookedOn: day };
}
