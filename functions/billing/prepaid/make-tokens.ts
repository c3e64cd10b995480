/** Lambda entry: goes on with tokens that wait for their turn, for the vendor, or for an answer that was lost. */
import * as z from 'zod/mini';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { consumeEach } from '../../../layers/kernel/queues/consume-messages.ts';
import { advanceVend } from './advance-vend.ts';

const message = z.object({ tenantId: z.string(), vendId: z.string() });

export const handler = consumeEach(
  (body) => message.parse(JSON.parse(body)),
  async ({ tenantId, vendId }) => void (await advanceVend(openSession(tenantId), vendId)),
);
