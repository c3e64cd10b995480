/** Entry of the function that writes to people: behind a queue, so that no request waits for it or tells by its time. */
import { consumeEach } from '../../../layers/kernel/queues/consume-messages.ts';
import { deliverInvitation } from '../invitations/deliver-invitation.ts';
import { issueCode } from '../one-time-codes/issue-code.ts';
import { type QueuedMessage, queuedMessage } from './queue-message.ts';
import { alreadyRegistered } from './templates.ts';
import { writeTo } from './write-to.ts';

export const handler = consumeEach((body) => queuedMessage.parse(JSON.parse(body)), write);

async function write(message: QueuedMessage): Promise<void> {
  switch (message.kind) {
    case 'code':
      return issueCode(message);
    case 'invitation':
      return deliverInvitation(message);
    case 'notice':
      return writeTo(message.target, message.locale, alreadyRegistered, {});
    default:
      message satisfies never;
  }
}
