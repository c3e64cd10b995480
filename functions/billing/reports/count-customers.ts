/** Lambda entry: works off the pages of reports. */
import * as z from 'zod/mini';
import { consumeEach } from '../../../layers/kernel/queues/consume-messages.ts';
import { countPage } from './count-page.ts';

const message = z.object({ tenantId: z.string(), reportId: z.string(), part: z.int(), page: z.int() });

export const handler = consumeEach((body) => message.parse(JSON.parse(body)), countPage);
