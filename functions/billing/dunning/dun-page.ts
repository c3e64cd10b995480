/** Lambda entry: works off pages of open invoices and of dark meters. */
import * as z from 'zod/mini';
import { consumeEach } from '../../../layers/kernel/queues/consume-messages.ts';
import { dunPage } from './dun-tenant.ts';
import { walkDarkMeters } from './walk-dark-meters.ts';

const message = z.union([
  z.object({ tenantId: z.string(), shard: z.int(), cursor: z.optional(z.string()) }),
  z.object({ tenantId: z.string(), walk: z.literal('dark-meters'), cursor: z.optional(z.string()) }),
]);

export const handler = consumeEach(
  (body) => message.parse(JSON.parse(body)),
  (page) => ('walk' in page ? walkDarkMeters(page) : dunPage(page)),
);
