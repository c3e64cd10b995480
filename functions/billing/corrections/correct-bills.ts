/** Lambda entry: corrects bills of meters whose readings came late or were edited. */
import * as z from 'zod/mini';
import { consumeEach } from '../../../layers/kernel/queues/consume-messages.ts';
import { correctMeter } from './correct-meter.ts';

const message = z.object({ tenantId: z.string(), meterId: z.string() });

export const handler = consumeEach((body) => message.parse(JSON.parse(body)), correctMeter);
