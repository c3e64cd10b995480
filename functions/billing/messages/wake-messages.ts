/** Schedule: messages that waited for the end of the quiet hours go out. Each is woken once, whoever looks. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { tenantIds } from '../../identity/contract.ts';
import {
  customerMessageEntity,
  type WaitingMessage,
  waitingMessageEntity,
  waitingPartitions,
} from './message-entity.ts';
import { requestSending } from './write-message.ts';

export async function handler(): Promise<{ woken: number }> {
  let woken = 0;
  for await (const tenantId of tenantIds())
    try {
      woken += await wakeMessages(openSession(tenantId));
    } catch (error) {
      // One tenant's trouble does not keep the others' customers waiting; it is looked at again in a quarter of an hour.
      logger.error('messages not woken', { tenantId, error: error as Error });
    }
  return { woken };
}

export async function wakeMessages(session: TenantSession): Promise<number> {
  let woken = 0;
  for (const pk of waitingPartitions) {
    let cursor: string | undefined;
    do {
      const page = await session.query<WaitingMessage & Stored>(waitingMessageEntity, {
        pk,
        to: [session.context.now(), '~'],
        limit: 100,
        cursor,
      });
      for (const waiting of page.items) woken += (await wake(session, waiting)) ? 1 : 0;
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
  }
  return woken;
}

async function wake(session: TenantSession, waiting: WaitingMessage & Stored): Promise<boolean> {
  const message = await session.require(customerMessageEntity, { id: waiting.messageId });
  try {
    await session.transact('billing', (unit) => {
      unit.delete(waitingMessageEntity, waiting);
      if (message.status !== 'waiting') return;
      const after = unit.update(
        customerMessageEntity,
        message,
        { status: 'queued', sendAfter: null },
        { isAudited: false },
      );
      requestSending(unit, after);
    });
    return true;
  } catch (error) {
    // Another one woke it.
    if (isAppError(error) && error.code === 'version_conflict') return false;
    throw error;
  }
}
