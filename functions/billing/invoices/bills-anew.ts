/** The bills of an invoice as they would be made today. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { sideBySide } from '../../../layers/kernel/side-by-side.ts';
import { customerEntity } from '../customers/customer-entity.ts';
import { supplyEntity } from '../supplies/supply-entity.ts';
import { withHeld } from '../supplies/tariff-timeline.ts';
import { versionsOnce } from '../tariffs/tariff-entity.ts';
import { veeSettingsOf } from '../vee-settings/vee-settings.ts';
import { madeAtOf, type StoredInvoice } from './invoice-entity.ts';
import type { SuppliedBill } from './invoice-schema.ts';
import { priceSupplies } from './price-supplies.ts';

/** Supplies worked on at a time. */
const atATime = 4;

export interface AnewOptions {
  timeZone: string;
  mayEstimate: boolean;
  /** Whether prices stay as they were charged last. @default false, the supply's tariff and its versions of today */
  keepTariff?: boolean;
  /** The only one whose bills are made anew; the others' stay as they were charged last. @default all are made anew */
  meterId?: string;
}

/** The moment whose versions of tariffs an invoice, or a note, was priced by. */
export const pricedAsOf = (charged: StoredInvoice): string => charged.pricedAsOf ?? charged.createdAt;

/**
 * Of supplies that had ended before, as was told of later, there is none.
 * @param charged the invoice, or the note that charged its bills last
 * @throws AppError `unprocessable` when a supply cannot be billed any more; `conflict` when its currency is another now
 */
export async function billsAnew(
  session: TenantSession,
  invoice: StoredInvoice,
  charged: StoredInvoice,
  { timeZone, mayEstimate, keepTariff = false, meterId }: AnewOptions,
): Promise<SuppliedBill[]> {
  const versions = versionsOnce(session, keepTariff ? pricedAsOf(charged) : undefined);
  const veeSettings = veeSettingsOf(session);
  const customer = await session.require(customerEntity, { id: invoice.customerId });
  const bills = await sideBySide(
    invoice.bills,
    atATime,
    async ({ supplyId, meterId: metered, bill, nominal = invoice.period }) => {
      const before = charged.bills.find((each) => each.supplyId === supplyId);
      if (meterId !== undefined && meterId !== metered)
        return before === undefined ? [] : [{ ...before, madeAt: madeAtOf(before, charged) }];
      const supply = await session.require(supplyEntity, { id: supplyId });
      // Who had moved out by then is charged nothing for these days.
      if (supply.to !== undefined && supply.to <= bill.from) return [];
      const { priced, problems } = await priceSupplies(
        session,
        customer,
        [keepTariff && before !== undefined ? withHeld(supply, before.bill, before) : supply],
        { period: { from: bill.from, to: bill.to }, nominal, timeZone, mayEstimate, versions, veeSettings, anew: true },
      );
      const [made] = priced;
      if (made === undefined)
        throw new AppError('unprocessable', undefined, {
          texts: {
            en: `Meter "${supply.meterId}" cannot be billed: ${problems[0]?.reason ?? 'nothing to bill'}.`,
            ar: `لا يمكن احتساب العداد "${supply.meterId}": ${problems[0]?.reason ?? 'لا شيء للاحتساب'}.`,
          },
        });
      const { currency } = made.supplied.bill;
      if (made.cutFrom !== undefined || currency !== invoice.currency)
        throw new AppError('conflict', undefined, {
          texts: {
            en: `Meter "${supply.meterId}" is billed in ${made.supplied.bill.currency} now: cancel the invoice and bill its days again.`,
            ar: `يُفوتر العداد "${supply.meterId}" الآن بعملة ${made.supplied.bill.currency}: ألغ الفاتورة وأعد فوترة أيامها.`,
          },
        });
      return [made.supplied];
    },
  );
  return bills.flat();
}
