/** Messages to a customer, or about an invoice, the newest first. Digits of tokens are shown to those alone who may print tokens again. */
import { isGranted } from '../../../layers/kernel/auth/permissions.ts';
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { maskTokensIn } from '../prepaid/sts-numbers.ts';
import { customerMessageEntity } from './message-entity.ts';
import { outcomeOf } from './message-outcome.ts';
import type { CustomerMessage } from './message-schema.ts';
import type { TemplateName } from './templates/index.ts';

const holdTokens: readonly TemplateName[] = ['prepaid_token', 'meter_token'];

/** @param permissions of who asks */
export async function listMessages(
  session: TenantSession,
  of: { customerId: string } | { aboutId: string },
  page: { limit: number; cursor: string | undefined },
  permissions: readonly string[],
) {
  const { items, nextCursor } = await session.query<CustomerMessage & Stored>(customerMessageEntity, {
    ...('customerId' in of
      ? { index: 'gsi1', pk: ['CUSTOMER-MESSAGES', of.customerId] }
      : { index: 'gsi2', pk: ['MESSAGES-ABOUT', of.aboutId] }),
    order: 'descending',
    ...page,
  });
  const mayReprint = isGranted(permissions, 'billing:prepaid:reprint');
  const isTechnician = mayReprint && isGranted(permissions, 'billing:prepaid:engineer');
  const sees = (template: TemplateName): boolean => (template === 'meter_token' ? isTechnician : mayReprint);
  return {
    data: items.map(({ html: _, parameters: __, media: ___, notice: ____, ...message }) => ({
      ...message,
      ...outcomeOf(message, session.context.now()),
      ...(sees(message.template) || !holdTokens.includes(message.template) ? {} : { text: maskTokensIn(message.text) }),
    })),
    pagination: { limit: page.limit, nextCursor },
  };
}
