/** Lambda entry: what providers report of messages they took. Reports come in any order, even before it is written down that they took it. */
import * as z from 'zod/mini';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { consumeEvents } from '../../../layers/kernel/events/consume.ts';
import { noteReport } from './note-report.ts';

const payloadSchema = z.object({
  integrationId: z.string(),
  occurredAt: z.nullable(z.string()),
  data: z.object({ providerReference: z.string(), status: z.string(), providerCode: z.optional(z.unknown()) }),
});

export const handler = consumeEvents(async ({ tenantId, occurredAt: told, payload }) => {
  const parsed = payloadSchema.safeParse(payload);
  if (!parsed.success) return;
  const { integrationId, occurredAt, data } = parsed.data;
  const { status, providerReference, providerCode } = data;
  if (status !== 'delivered' && status !== 'failed') return;
  await noteReport(
    openSession(tenantId),
    { integrationId, providerReference },
    {
      status,
      at: occurredAt ?? told,
      ...(providerCode === undefined ? {} : { detail: String(providerCode) }),
    },
  );
});
