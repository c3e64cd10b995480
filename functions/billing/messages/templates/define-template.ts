/** What a message to customers is made of: data in both languages, and the names of the values it needs. */
import type { MessageText } from '../../../../layers/kernel/messages/message-template.ts';

export interface CustomerTemplate<V extends string = string> {
  /** Sent in quiet hours too: somebody waits for it, or it must not come late. */
  isUrgent: boolean;
  /** Whether a customer can say not to want it. */
  isRefusable: boolean;
  /** In the order in which a WhatsApp template takes them. `name`, `utility` and `account` are always there. */
  values: readonly V[];
  en: MessageText;
  ar: MessageText;
}

export const defineTemplate = <const V extends string>(template: CustomerTemplate<V>): CustomerTemplate<V> => template;
