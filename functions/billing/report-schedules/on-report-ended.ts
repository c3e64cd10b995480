/** Lambda entry: a scheduled report that is ready, or could not be made, is mailed to its recipients. */
import * as z from 'zod/mini';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { consumeEvents } from '../../../layers/kernel/events/consume.ts';
import { mailRun } from './mail-run.ts';

const payload = z.object({ scheduleId: z.string(), day: z.string() });

export const handler = consumeEvents(({ tenantId, correlationId, id, payload: told }) =>
  mailRun(openSession(tenantId, { correlationId, causationId: id }), payload.parse(told)),
);
