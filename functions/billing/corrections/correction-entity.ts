/** How corrections are stored: one row for each meter of an invoice, and one of a meter while its late readings are gathered. */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { derivedId } from '../../../layers/kernel/ids.ts';
import type { StoredInvoice } from '../invoices/invoice-entity.ts';
import {
  type Correction,
  type CorrectionCause,
  type CorrectionSettings,
  correctionSettingsSchema,
} from './correction-schema.ts';

export const correctionEntity = defineEntity<Correction>()({
  name: 'correction',
  table: 'billing',
  key: ({ id }) => ({ pk: ['CORRECTION', id], sk: ['CORRECTION'] }),
  indexes: {
    gsi1: ({ status, id }) => ({ pk: ['CORRECTIONS', status], sk: [id] }),
    gsi2: ({ invoiceId, meterId }) => ({ pk: ['INVOICE-CORRECTIONS', invoiceId], sk: [meterId] }),
  },
  idOf: ({ id }) => id,
});

/** One for each meter of an invoice, however often it is corrected. */
export const correctionIdOf = ({ id, issueDate }: Pick<StoredInvoice, 'id' | 'issueDate'>, meterId: string): string =>
  derivedId('cor', Date.parse(issueDate), `${id} ${meterId}`);

/** Readings of a meter that came late or were edited, gathered until their window has passed. */
export interface LateReadings {
  meterId: string;
  /** First and last time of the readings, milliseconds. */
  fromMs: number;
  toMs: number;
  causes: CorrectionCause[];
  /** Of so many bills that some are left: those that begin before this local day are done. */
  doneBefore?: string;
  /** When a message was sent again for a row that had waited too long; without it the first one was sent as the row was made. */
  orderedAt?: string;
}

export const lateReadingsEntity = defineEntity<LateReadings, { meterId: string }>()({
  name: 'late readings',
  table: 'billing',
  key: ({ meterId }) => ({ pk: ['LATE-READINGS', meterId], sk: ['LATE-READINGS'] }),
  idOf: ({ meterId }) => meterId,
});

export const correctionSettingsEntity = defineEntity<
  CorrectionSettings & { id: 'corrections' },
  { id: 'corrections' }
>()({
  name: 'settings of corrections',
  table: 'billing',
  key: ({ id }) => ({ pk: ['SETTINGS'], sk: [id] }),
  idOf: ({ id }) => id,
});

export async function readCorrectionSettings(session: TenantSession): Promise<CorrectionSettings> {
  return correctionSettingsSchema.parse((await session.get(correctionSettingsEntity, { id: 'corrections' })) ?? {});
}
