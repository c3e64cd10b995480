/** Lambda entry: works off pages of open invoices. */
import * as z from 'zod/mini';
import { consumeEach } from '../../../layers/kernel/queues/consume-messages.ts';
import { dunPage } from './dun-tenant.ts';

const message = z.object({ tenantId: z.string(), shard: z.int(), cursor: z.optional(z.string()) });

export const handler = consumeEach((body) => message.parse(JSON.parse(body)), dunPage);
