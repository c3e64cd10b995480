/** What people do with corrections: look, apply, dismiss, and say how much happens by itself. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { equals } from '../../../layers/kernel/data/expressions.ts';
import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import { saveRow } from '../../../layers/kernel/data/save-row.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { invoiceEntity } from '../invoices/invoice-entity.ts';
import { rebillInvoice } from '../invoices/rebill-invoice.ts';
import { appliedAs, rebillOptionsOf, writeCorrection } from './correct-invoice.ts';
import { correctionEntity, correctionSettingsEntity, readCorrectionSettings } from './correction-entity.ts';
import type { Correction } from './correction-schema.ts';
import type { corrections } from './routes.ts';

export const correctionOperations: Operations<typeof corrections.routes> = {
  listCorrections: async ({ session, query: { status, invoiceId }, page }) => {
    const { items, nextCursor } = await session.query<Correction & Stored>(correctionEntity, {
      ...(invoiceId === undefined
        ? { index: 'gsi1', pk: ['CORRECTIONS', status ?? 'proposed'] }
        : {
            ...{ index: 'gsi2', pk: ['INVOICE-CORRECTIONS', invoiceId] },
            filter: equals({ status }),
          }),
      ...page,
    });
    return { data: items, pagination: { limit: page.limit, nextCursor } };
  },
  getCorrectionSettings: async ({ session }) => ({ data: await readCorrectionSettings(session) }),
  changeCorrectionSettings: async ({ session, body }) => {
    await saveRow(session, correctionSettingsEntity, { id: 'corrections', ...body });
    return { data: body };
  },
  getCorrection: async ({ session, params }) => ({ data: await session.require(correctionEntity, params) }),
  applyCorrection: async ({ session, params }) => {
    const open = await requireOpen(session, params.id);
    const checkedAt = session.context.now();
    const invoice = await session.require(invoiceEntity, { id: open.invoiceId });
    const { note } = await rebillInvoice(session, invoice.id, {
      ...rebillOptionsOf(invoice, open.meterId, await readCorrectionSettings(session)),
      // Somebody may have decided otherwise meanwhile.
      also: async () => {
        const before = await requireOpen(session, params.id);
        const present = { ...withoutBookkeeping(before), checkedAt };
        return (unit, issued) => writeCorrection(unit, before, appliedAs(present, issued));
      },
    });
    if (note === undefined)
      await retryOnChange(async () => {
        const before = await requireOpen(session, params.id);
        const { amount: _, reason: __, ...rest } = withoutBookkeeping(before);
        await session.transact('billing', (unit) =>
          writeCorrection(unit, before, { ...rest, status: 'settled', checkedAt }),
        );
      });
    return { data: await session.require(correctionEntity, params) };
  },
  dismissCorrection: ({ session, params, body }) =>
    retryOnChange(async () => {
      const before = await requireOpen(session, params.id);
      return {
        data: await session.transact('billing', (unit) =>
          unit.update(correctionEntity, before, { status: 'dismissed', reason: body.reason }),
        ),
      };
    }),
};

async function requireOpen(session: TenantSession, id: string): Promise<Correction & Stored> {
  const correction = await session.require(correctionEntity, { id });
  if (correction.status !== 'proposed' && correction.status !== 'refused')
    throw new AppError('conflict', undefined, {
      texts: { en: `The correction is ${correction.status} already.`, ar: `حالة التصحيح الآن: ${correction.status}.` },
    });
  return correction;
}

function withoutBookkeeping({
  version: _,
  createdAt: __,
  updatedAt: ___,
  ...correction
}: Correction & Stored): Correction {
  return correction;
}
