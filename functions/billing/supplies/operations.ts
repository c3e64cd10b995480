/** Moving in and out. The occupancy of a meter changes in the same transaction, so two who move in at once cannot both. */

import type * as z from 'zod/mini';
import { refuseStale } from '../../../layers/kernel/crud/crud-operations.ts';
import { readHistory } from '../../../layers/kernel/crud/history.ts';
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { addDays, dayStart } from '../../../layers/tariff/calendar.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { requireMeter } from '../../metering/contract.ts';
import { noteLateReadings } from '../corrections/note-late-readings.ts';
import { customerEntity } from '../customers/customer-entity.ts';
import { supplyEnded, supplyStarted } from '../events.ts';
import { today } from '../invoices/local-day.ts';
import { type Closing, planClosing } from '../prepaid/close-account.ts';
import { requireTariffFor } from '../tariffs/require-tariff.ts';
import { closingAtEnd } from '../vee-exceptions/close-exceptions.ts';
import { refuseEnd } from './refuse-end.ts';
import type { supplies } from './routes.ts';
import { type Occupancy, occupancyEntity, supplyEntity } from './supply-entity.ts';
import { nextPlace } from './supply-place.ts';
import { type BilledSupply, type Supply, shownSupply, type startSupplySchema } from './supply-schema.ts';
import { changeTariff } from './tariff-timeline.ts';

export const supplyOperations: Operations<typeof supplies.routes> = {
  listSupplies: async ({ session, query, page }) => {
    const { items, nextCursor } = await session.query<Supply & Stored>(supplyEntity, {
      index: 'gsi2',
      pk: ['METER-SUPPLIES', query.meterId],
      ...page,
    });
    return { data: items.map(shownSupply), pagination: { limit: page.limit, nextCursor } };
  },

  startSupply: async ({ session, body }) => ({
    data: shownSupply(await retryOnChange(() => startSupply(session, body))),
  }),

  getSupply: async ({ session, params }) => ({ data: shownSupply(await session.require(supplyEntity, params)) }),

  updateSupply: async ({ session, params, body, expectedVersion }) => {
    const before = await session.require(supplyEntity, params);
    refuseStale(before, expectedVersion);
    const { tariffId = before.tariffId, tariffFrom, ...changes } = body as SupplyChanges;
    if (tariffId !== before.tariffId)
      await requireTariffFor(session, tariffId, await session.require(customerEntity, { id: before.customerId }));
    const timeline = timelineAfter(before, tariffId, tariffFrom);
    const changed = { ...changes, ...timeline };
    return {
      data: shownSupply(await session.transact('billing', (unit) => unit.update(supplyEntity, before, changed))),
    };
  },

  endSupply: async ({ session, params, body: { to } }) => ({
    // A bill of the meter may be made at the same moment.
    data: shownSupply(await retryOnChange(() => endSupply(session, params, to))),
  }),

  getSupplyHistory: readHistory(supplyEntity),
};

async function endSupply(session: TenantSession, params: { id: string }, to: string): Promise<BilledSupply & Stored> {
  const supply = await session.require(supplyEntity, params);
  refuseEnd(supply, to);
  const [occupancy, closing, withoutException] = await Promise.all([
    session.require(occupancyEntity, { meterId: supply.meterId }),
    supply.mode === 'prepaid' ? closePrepaid(session, supply, to) : undefined,
    closingAtEnd(session, supply, to),
  ]);
  // Before the end is written: looked at without need, bills stay as they are.
  if (supply.billedTo !== undefined && to < supply.billedTo) await noteOverbilled(session, supply, to);
  return session.transact('billing', (unit) => {
    closing?.write(unit);
    const ended = unit.update(supplyEntity, supply, { to, ...withoutException(unit) });
    const spans = occupancy.spans.map((span) => (span.supplyId === supply.id ? { ...span, to } : span));
    unit.update(occupancyEntity, occupancy, { spans }, { isAudited: false });
    unit.emit(supplyEnded, { aggregateId: supply.id, payload: shownSupply(ended) });
    return ended;
  });
}

interface SupplyChanges {
  tariffId?: string;
  tariffFrom?: string;
  [field: string]: unknown;
}

/** A prepaid supply buys by the tariff of the day: it has no days left to bill by another. */
function timelineAfter(supply: BilledSupply, tariffId: string, tariffFrom: string | undefined): Partial<BilledSupply> {
  const from = tariffFrom ?? supply.billedTo ?? supply.from;
  if (tariffFrom === undefined && tariffId === supply.tariffId) return {};
  if (supply.mode === 'prepaid' && tariffFrom === undefined) return { tariffId };
  if (supply.mode === 'prepaid' || from < supply.from || (supply.to !== undefined && from >= supply.to))
    throw new AppError('unprocessable', undefined, {
      texts: {
        en: `The tariff of this supply cannot change on ${from}: it is prepaid, or not held on that day.`,
        ar: `لا يمكن تغيير تعرفة هذا التوريد في ${from}: فهو مسبق الدفع أو غير قائم في ذلك اليوم.`,
      },
    });
  return changeTariff(supply, tariffId, from) as Partial<BilledSupply>;
}

async function startSupply(
  session: TenantSession,
  body: z.infer<typeof startSupplySchema>,
): Promise<BilledSupply & Stored> {
  const customer = await session.require(customerEntity, { id: body.customerId });
  if (customer.status === 'closed')
    throw new AppError('unprocessable', undefined, {
      texts: { en: 'The customer’s account is closed.', ar: 'حساب المشترك مغلق.' },
    });
  const [{ phases }] = await Promise.all([
    requireMeter(session, body.meterId),
    requireTariffFor(session, body.tariffId, customer),
  ]);
  const occupancy = await session.get(occupancyEntity, { meterId: body.meterId }, { consistent: true });
  refuseOccupied(occupancy, body.from);
  const { place, take } = await nextPlace(session, body.customerId);
  const supply: BilledSupply = { ...body, phases: body.phases ?? phases, id: newId('sup'), place };
  return session.transact('billing', (unit) => {
    const stored = unit.create(supplyEntity, supply);
    take(unit);
    occupy(unit, occupancy, supply);
    unit.emit(supplyStarted, { aggregateId: supply.id, payload: shownSupply(stored) });
    return stored;
  });
}

/** Days after the end that are billed already: their bills are made anew once the end is known. */
async function noteOverbilled(session: TenantSession, { meterId, billedTo }: BilledSupply, to: string): Promise<void> {
  const { timeZone } = await tenantProfile(session);
  // The last moment that is billed: no reading of the days after has come.
  const [fromMs, toMs] = [dayStart(addDays(to, -1), timeZone), dayStart(billedTo!, timeZone) - 1];
  await noteLateReadings(session, [{ meterId, fromMs, toMs, cause: 'moved_out' }]);
}

/** What was paid ahead and not sold is given back on the day, so the end is not announced. */
async function closePrepaid(session: TenantSession, supply: BilledSupply & Stored, to: string): Promise<Closing> {
  const present = await today(session);
  if (to > present)
    throw new AppError('unprocessable', undefined, {
      texts: {
        en: `A prepaid supply ends on ${present} or before: what is left of its money is given back then.`,
        ar: `ينتهي التوريد مسبق الدفع في ${present} أو قبله، ويُرد عندها ما تبقى من مبالغه.`,
      },
    });
  return planClosing(session, supply, { end: to, date: present });
}

function refuseOccupied(occupancy: Occupancy | undefined, from: string): void {
  const other = occupancy?.spans.find(({ to }) => to === undefined || to > from);
  if (other)
    throw new AppError('conflict', undefined, {
      texts: {
        en: `Customer "${other.customerId}" has the meter ${other.to ? `until ${other.to}` : 'still'}.`,
        ar: `العداد لدى المشترك "${other.customerId}" ${other.to ? `حتى ${other.to}` : 'حتى الآن'}.`,
      },
    });
}

function occupy(
  unit: UnitOfWork,
  occupancy: (Occupancy & Stored) | undefined,
  { id, meterId, customerId, from }: Supply,
): void {
  const span = { supplyId: id, customerId, from };
  if (occupancy === undefined) unit.create(occupancyEntity, { meterId, spans: [span] });
  else
    unit.update(
      occupancyEntity,
      occupancy,
      { spans: [...occupancy.spans, span] },
      { isAudited: false, refused: movedAtOnce },
    );
}

const movedAtOnce = (): AppError =>
  new AppError('conflict', undefined, {
    texts: {
      en: 'The meter changed hands at the same moment: look again.',
      ar: 'تغيّر شاغل العداد في اللحظة نفسها: أعد النظر.',
    },
  });
