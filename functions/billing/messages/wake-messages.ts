/** Schedule: messages that waited for the end of the quiet hours go out. Each is woken once, whoever looks. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { unlessChanged } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { sumOverTenants } from '../../identity/contract.ts';
import {
  customerMessageEntity,
  type WaitingMessage,
  waitingMessageEntity,
  waitingPartitions,
} from './message-entity.ts';
import { requestSending } from './write-message.ts';

export async function handler(): Promise<{ woken: number }> {
  return { woken: await sumOverTenants(wakeMessages) };
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

/** @returns whether it was this one who woke it */
async function wake(session: TenantSession, waiting: WaitingMessage & Stored): Promise<boolean> {
  const message = await session.require(customerMessageEntity, { id: waiting.messageId });
  return unlessChanged(() =>
    session.transact('billing', (unit) => {
      unit.delete(waitingMessageEntity, waiting);
      if (message.status !== 'waiting') return;
      const changes = { status: 'queued', sendAfter: null } as const;
      requestSending(unit, unit.update(customerMessageEntity, message, changes, { isAudited: false }));
    }),
  );
}
