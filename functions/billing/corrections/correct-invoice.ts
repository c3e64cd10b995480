/** Makes one meter's bill on an invoice anew because of its readings, or proposes to, and keeps what became of it. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { retryOnChangeOrMade } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { type AppError, isAppError } from '../../../layers/kernel/errors/app-error.ts';
import type { StoredInvoice } from '../invoices/invoice-entity.ts';
import { previewRebill, type RebillOptions, rebillInvoice } from '../invoices/rebill-invoice.ts';
import { correctionEntity, correctionIdOf } from './correction-entity.ts';
import type { Correction, CorrectionCause, CorrectionSettings } from './correction-schema.ts';

/**
 * Readings of a meter say nothing of the others on the invoice: theirs stay as they were charged. A bill that was estimated may be
 * estimated again; one that was measured is not made worse.
 */
export const rebillOptionsOf = (
  { bills }: StoredInvoice,
  meterId: string,
  { dueDays }: CorrectionSettings,
): RebillOptions => ({
  ...{ dueDays, meterId, keepTariff: true },
  mayEstimate: bills.some((each) => each.meterId === meterId && each.bill.estimated),
});

export async function correctInvoice(
  session: TenantSession,
  invoice: StoredInvoice,
  meterId: string,
  causes: CorrectionCause[],
  settings: CorrectionSettings,
): Promise<void> {
  const id = correctionIdOf(invoice, meterId);
  const correction: Correction = {
    ...{ id, invoiceId: invoice.id, invoiceNumber: invoice.invoiceNumber, customerId: invoice.customerId, meterId },
    ...{ status: 'settled', causes, currency: invoice.currency, checkedAt: session.context.now() },
  };
  const present = () => session.get(correctionEntity, { id }, { consistent: true });
  const keep = (outcome: Partial<Correction>) =>
    retryOnChangeOrMade(async () => {
      const before = await present();
      // Nothing differs: only what waited for a person is said to be over.
      if (outcome.status === undefined && before?.status !== 'proposed' && before?.status !== 'refused') return;
      await session.transact('billing', (unit) => writeCorrection(unit, before, { ...correction, ...outcome }));
    });
  const options = rebillOptionsOf(invoice, meterId, settings);
  try {
    if (settings.mode === 'propose') {
      const note = await previewRebill(session, invoice.id, options);
      await keep(note === undefined ? {} : { status: 'proposed', amount: note.totalAmount });
      return;
    }
    const { note } = await rebillInvoice(session, invoice.id, {
      ...options,
      also: async () => {
        const before = await present();
        return (unit, issued) => writeCorrection(unit, before, appliedAs(correction, issued));
      },
    });
    if (note === undefined) await keep({});
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === undefined) throw error;
    await keep({ status: 'refused', reason: refusal.message });
  }
}

export const appliedAs = (correction: Correction, note: StoredInvoice): Correction => {
  const { reason: _, ...rest } = correction;
  return { ...rest, status: 'applied', amount: note.totalAmount, noteId: note.id, noteNumber: note.invoiceNumber };
};

/** What a person must look at, in contrast to what another try may put right. */
function refusalOf(error: unknown): AppError | undefined {
  return isAppError(error) && (error.code === 'unprocessable' || error.code === 'conflict') ? error : undefined;
}

export function writeCorrection(
  unit: UnitOfWork,
  before: (Correction & Stored) | undefined,
  correction: Correction,
): void {
  if (before === undefined) {
    unit.create(correctionEntity, correction);
    return;
  }
  const gone = { amount: null, noteId: null, noteNumber: null, reason: null };
  unit.update(correctionEntity, before, { ...gone, ...correction });
}
