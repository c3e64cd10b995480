/** Asks providers about the money of one tenant whose outcome is due to be looked for. */
import * as z from 'zod/mini';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { consumeEach } from '../../../layers/kernel/queues/consume-messages.ts';
import { type OpenPayment, openPaymentEntity, openPaymentsPartition } from './open-payment-entity.ts';
import { resolvePayment } from './resolve-payment.ts';

export const paymentSweepsQueue = 'payment-sweeps';

const message = z.object({ tenantId: z.string().check(z.minLength(1)) });
/** Read in one sweep, and asked about at a time: each may take twenty seconds. What is left waits for the next sweep. */
const maxRead = 500;
const maxAsked = 60;
const parallel = 10;

export const handler = consumeEach(
  (body) => message.parse(JSON.parse(body)),
  async ({ tenantId }) => {
    const session = openSession(tenantId, { correlationId: newId('cor') });
    const { items } = await session.query<OpenPayment>(openPaymentEntity, {
      pk: openPaymentsPartition,
      limit: maxRead,
    });
    const nowMs = Date.parse(session.context.now());
    const due = items
      .filter(({ nextLookMs }) => nextLookMs <= nowMs)
      .sort((a, b) => a.nextLookMs - b.nextLookMs)
      .slice(0, maxAsked);
    for (let start = 0; start < due.length; start += parallel)
      await Promise.all(due.slice(start, start + parallel).map((open) => resolvePayment(session, open)));
  },
);
