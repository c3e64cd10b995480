/** Lambda entry: works off pages of key change campaigns. */
import * as z from 'zod/mini';
import { consumeEach } from '../../../layers/kernel/queues/consume-messages.ts';
import { campaignPage } from './run-campaign.ts';

const message = z.object({ tenantId: z.string(), campaignId: z.string(), part: z.int(), page: z.int() });

export const handler = consumeEach((body) => message.parse(JSON.parse(body)), campaignPage);
