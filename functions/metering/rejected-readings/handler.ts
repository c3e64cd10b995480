/** Lambda entry of `/api/billing/rejected-readings`. */
import { isUtf8 } from 'node:buffer';
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { serve } from '../../../layers/kernel/http/serve.ts';
import type { Locale } from '../../../layers/kernel/i18n/locale.ts';
import { rejectionReasons } from '../../../layers/metering/rejection-reasons.ts';
import { findRejected } from './find-rejected.ts';
import { type RejectedReading, rejectedEntity, rejectedPayloadEntity } from './rejected-entity.ts';
import { replayAll, replayRejected } from './replay-rejected.ts';
import { rejectedReadings } from './routes.ts';

const show = ({ version: _, createdAt: __, updatedAt: ___, ...row }: RejectedReading & Stored, locale: Locale) => ({
  ...row,
  message: rejectionReasons[row.reason][locale],
});

export const handler = serve(
  rejectedReadings,
  {
    listRejectedReadings: async ({ session, query, page, locale }) => {
      const { items, nextCursor } = await findRejected(session, query, page);
      return { data: items.map((row) => show(row, locale)), pagination: { limit: page.limit, nextCursor } };
    },
    getRejectedReading: async ({ session, params: { id }, locale }) => {
      const row = await session.require(rejectedEntity, { id });
      const { payload } = await session.require(rejectedPayloadEntity, { id });
      const bytes = Buffer.from(payload, 'base64');
      return {
        data: { ...show(row, locale), payload: isUtf8(bytes) ? bytes.toString('utf8') : null, payloadBase64: payload },
      };
    },
    replayRejectedReading: async ({ session, params, locale }) => ({
      data: show(await replayRejected(session, params.id), locale),
    }),
    replayRejectedReadings: async ({ session, body }) => ({ data: await replayAll(session, body) }),
  },
  { table: 'metering' },
);
