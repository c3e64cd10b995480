/** Lambda entry of `/api/billing/reading-edits`. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { saveRow } from '../../../layers/kernel/data/save-row.ts';
import { serve } from '../../../layers/kernel/http/serve.ts';
import { editSettingsEntity, readEditSettings, readingEditEntity } from './edit-entity.ts';
import type { ReadingEdit } from './edit-schema.ts';
import { approveEdit, declineEdit, requestEdit } from './request-edit.ts';
import { readingEdits } from './routes.ts';

export const handler = serve(
  readingEdits,
  {
    listReadingEdits: async ({ session, query: { meterId }, page }) => {
      const { items, nextCursor } = await session.query<ReadingEdit & Stored>(readingEditEntity, {
        ...(meterId === undefined
          ? { index: 'gsi2', pk: ['EDITS-WAITING'] }
          : { index: 'gsi1', pk: ['METER-EDITS', meterId] }),
        ...page,
      });
      return { data: items, pagination: { limit: page.limit, nextCursor } };
    },
    requestReadingEdit: async ({ session, body, principal }) => ({
      data: await requestEdit(session, body, principal.subject),
    }),
    getReadingEditSettings: async ({ session }) => ({ data: await readEditSettings(session) }),
    changeReadingEditSettings: async ({ session, body }) => {
      await saveRow(session, editSettingsEntity, { id: 'reading-edits', ...body });
      return { data: body };
    },
    getReadingEdit: async ({ session, params }) => ({ data: await session.require(readingEditEntity, params) }),
    approveReadingEdit: async ({ session, params, principal }) => ({
      data: await approveEdit(session, params.id, principal.subject),
    }),
    declineReadingEdit: async ({ session, params, body, principal }) => ({
      data: await declineEdit(session, params.id, principal.subject, body.reason),
    }),
  },
  { table: 'metering' },
);
