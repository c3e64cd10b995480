/** Looks at the bills that late or edited readings of a meter reach, and corrects each once, or proposes to. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { unlessChanged } from '../../../layers/kernel/data/retry-on-change.ts';
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { localDate } from '../../../layers/metering/time-zone.ts';
import { addDays, earlier } from '../../../layers/tariff/calendar.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { reachOfReadings } from '../../metering/contract.ts';
import type { StoredInvoice } from '../invoices/invoice-entity.ts';
import { findOfCustomer } from '../invoices/list-of-customer.ts';
import { longestBillDays } from '../invoices/price-supplies.ts';
import { type Occupancy, occupancyEntity } from '../supplies/supply-entity.ts';
import { correctInvoice } from './correct-invoice.ts';
import { lateReadingsEntity, readCorrectionSettings } from './correction-entity.ts';
import { type CorrectionMessage, orderCorrection } from './note-late-readings.ts';
import { unsettledAfter } from './unsettled-bills.ts';

/** Some seconds' work: a corrected ratio may reach back for years. */
const mostAtOnce = 24;

export async function correctMeter({ tenantId, meterId }: CorrectionMessage): Promise<void> {
  const session = openSession(tenantId);
  const gathered = await session.get(lateReadingsEntity, { meterId }, { consistent: true });
  if (gathered === undefined) return;
  const settings = await readCorrectionSettings(session);
  if (settings.mode !== 'off') {
    const { timeZone } = await tenantProfile(session);
    const reach = await reachOfReadings(session, meterId, gathered.fromMs, gathered.toMs);
    const occupancy = await session.get(occupancyEntity, { meterId }, { consistent: true });
    const reached = localDate(reach.fromMs, timeZone);
    // Of readings that came while the estimated bill was made nobody had said that it waits for them: its days are looked at, too.
    const since = [occupancy?.awaits, occupancy?.unsettled?.to].filter((day) => day !== undefined);
    const from = since.map((day) => addDays(day, -1)).reduce(earlier, reached);
    const days = { from, to: localDate(reach.toMs, timeZone) };
    const found = await invoicesOf(session, meterId, occupancy, days);
    const invoices = found.filter(({ period }) => period.from >= (gathered.doneBefore ?? ''));
    for (const invoice of invoices.slice(0, mostAtOnce))
      await correctInvoice(session, invoice, meterId, gathered.causes, settings);
    const next = invoices[mostAtOnce];
    if (next !== undefined) {
      const doneBefore = next.period.from;
      const isMoved = await unlessChanged(() =>
        session.transact('billing', (unit) =>
          unit.update(lateReadingsEntity, gathered, { doneBefore }, { isAudited: false }),
        ),
      );
      // More that came meanwhile begins anew, after its window.
      return orderCorrection(session, meterId, isMoved ? 0 : settings.windowMinutes * 60);
    }
    if (occupancy !== undefined) await noteLook(session, occupancy, found, localDate(gathered.toMs, timeZone));
  }
  const isDone = await unlessChanged(() =>
    session.transact('billing', (unit) => unit.delete(lateReadingsEntity, gathered)),
  );
  // More came while this was worked on: once more, after another window.
  if (!isDone) await orderCorrection(session, meterId, settings.windowMinutes * 60);
}

/** What the meter's bills wait for from now on. @param day of the last reading they were looked at for */
async function noteLook(
  session: TenantSession,
  occupancy: Occupancy & Stored,
  found: readonly StoredInvoice[],
  day: string,
): Promise<void> {
  const unsettled = await unsettledAfter(session, occupancy, found, day);
  const isCome = occupancy.awaits !== undefined && day >= occupancy.awaits;
  if (!isCome && unsettled === undefined) return;
  const changes = { ...(isCome ? { awaits: null } : {}), ...(unsettled === undefined ? {} : { unsettled }) };
  await unlessChanged(() =>
    session.transact('billing', (unit) => unit.update(occupancyEntity, occupancy, changes, { isAudited: false })),
  );
}

/** Invoices that stand and bill any of the days at the meter, whoever had it then. @param days both inclusive */
async function invoicesOf(
  session: TenantSession,
  meterId: string,
  occupancy: Occupancy | undefined,
  days: { from: string; to: string },
): Promise<StoredInvoice[]> {
  const there = (occupancy?.spans ?? []).filter(
    ({ from, to }) => from <= days.to && (to === undefined || to > days.from),
  );
  const found: StoredInvoice[] = [];
  for (const customerId of new Set(there.map((span) => span.customerId)))
    found.push(
      // One that was made just now is corrected like the others: nobody would look again.
      ...(await findOfCustomer(session, customerId, {
        days: { from: addDays(days.from, -longestBillDays), to: days.to },
        mayBe: ({ kind, to, meterIds }) =>
          kind === 'invoice' && (to === undefined || to > days.from) && meterIds.includes(meterId),
        take: (invoice) => (isReached(invoice, meterId, days) ? [invoice] : []),
      })),
    );
  return found.sort((a, b) => (a.period.from < b.period.from ? -1 : 1));
}

const isReached = ({ status, bills }: StoredInvoice, meterId: string, days: { from: string; to: string }) =>
  status !== 'cancelled' &&
  bills.some((each) => each.meterId === meterId && each.bill.from <= days.to && each.bill.to > days.from);
