/** Writes to an address, by e-mail or text message: the one place that a tenant's own provider would take over. */
import {
  type MessageLocale,
  type MessageTemplate,
  renderMessage,
} from '../../../layers/kernel/messages/message-template.ts';
import { sendEmail } from '../../../layers/kernel/messages/send-email.ts';
import { sendText } from '../../../layers/kernel/messages/send-text.ts';

/** @param target an e-mail address, or a phone number in E.164 */
export async function writeTo(
  target: string,
  locale: MessageLocale,
  template: MessageTemplate,
  values: Readonly<Record<string, string>>,
): Promise<void> {
  const { subject, text, html, short } = renderMessage(template, locale, values);
  if (target.includes('@')) await sendEmail({ to: target, subject, text, html });
  else await sendText({ to: target, text: short });
}
