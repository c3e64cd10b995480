/** Messages to a customer, or about an invoice, the newest first. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { customerMessageEntity } from './message-entity.ts';
import type { CustomerMessage } from './message-schema.ts';

export async function listMessages(
  session: TenantSession,
  of: { customerId: string } | { aboutId: string },
  page: { limit: number; cursor: string | undefined },
) {
  const { items, nextCursor } = await session.query<CustomerMessage & Stored>(customerMessageEntity, {
    ...('customerId' in of
      ? { index: 'gsi1', pk: ['CUSTOMER-MESSAGES', of.customerId] }
      : { index: 'gsi2', pk: ['MESSAGES-ABOUT', of.aboutId] }),
    order: 'descending',
    ...page,
  });
  return {
    data: items.map(({ html: _, parameters: __, ...message }) => message),
    pagination: { limit: page.limit, nextCursor },
  };
}
