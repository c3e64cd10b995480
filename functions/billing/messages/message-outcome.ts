/** How a message stands by now. Pure. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { CustomerMessage } from './message-schema.ts';

/** The queue has set aside by then whatever nobody could send: its receives, and the backlog of a large billing run. */
export const longestQueuedMs = 12 * 3_600_000;

/**
 * A message whose sender died at every try keeps `queued` in its row, since nobody was left to write more; by its age it has
 * failed, and can be asked for again.
 */
export function outcomeOf(
  { status, reason, updatedAt }: Pick<CustomerMessage & Stored, 'status' | 'reason' | 'updatedAt'>,
  now: string,
): Pick<CustomerMessage, 'status' | 'reason'> {
  if (status === 'queued' && Date.parse(now) - Date.parse(updatedAt) > longestQueuedMs)
    return { status: 'failed', reason: 'unreachable' };
  return { status, ...(reason === undefined ? {} : { reason }) };
}

/**
 * WhatsApp's own word for a free text outside of a conversation. It takes such a text and reports the failure afterwards, or refuses
 * it at once. @see https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes
 */
const noConversationCode = '131047';

/** What a provider's code says of a failure that a setting would have kept from happening. */
export const avoidableFailure = (providerCode: string | undefined) =>
  providerCode === noConversationCode
    ? ({
        reason: 'no_template',
        detail: 'Set a template that WhatsApp approved for this message (`whatsappTemplates`).',
      } as const)
    : undefined;
