/** The reactions a tenant may turn on. The registry is what can be chosen; code is never taken from a request. */
import { matchesAnyPattern } from '../../../../layers/webhooks/event-pattern.ts';
import { callHttp } from './call-http.ts';
import { raiseAlert } from './raise-alert.ts';
import type { Reaction } from './reaction.ts';
import { postChatReaction, sendEmailReaction, sendSmsReaction, sendWhatsAppReaction } from './send-messages.ts';

export const reactions: readonly Reaction[] = [
  callHttp,
  postChatReaction,
  raiseAlert,
  sendEmailReaction,
  sendSmsReaction,
  sendWhatsAppReaction,
];

export const reactionNamed = (name: string): Reaction | undefined =>
  reactions.find((reaction) => reaction.name === name);

/** Whether the reaction gives rise to such events itself; one that is gone from the registry wants nothing. */
export function reactionIgnores(name: string, eventType: string): boolean {
  const reaction = reactionNamed(name);
  return reaction === undefined || matchesAnyPattern(reaction.ignores, eventType);
}
