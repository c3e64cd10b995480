/** Writes a message in a customer's language: the template, the values, and the link to its document. */
import { renderMessage } from '../../../layers/kernel/messages/message-template.ts';
import type { Customer } from '../customers/customer-schema.ts';
import { type TemplateName, templateOf } from './templates/index.ts';

export interface ComposedMessage {
  subject: string;
  /** For e-mail. */
  text: string;
  html: string;
  /** For phones. */
  short: string;
  /** For templates of WhatsApp, in order. */
  parameters: string[];
}

const linkLine = { ar: 'المستند: ', en: 'Document: ' } as const;

export function composeMessage(
  template: TemplateName,
  customer: Pick<Customer, 'name' | 'nameAr' | 'accountNumber' | 'language'>,
  utility: string,
  values: Readonly<Record<string, string>>,
  link: string | undefined,
): ComposedMessage {
  const { language } = customer;
  const name = language === 'ar' ? (customer.nameAr ?? customer.name) : customer.name;
  const all = { ...values, name, utility, account: customer.accountNumber };
  const definition = templateOf(template);
  const { subject, text, html, short } = renderMessage(definition, language, all);
  return {
    subject,
    text,
    html,
    short: link === undefined ? short : `${short}\n${linkLine[language]}${link}`,
    parameters: [name, ...definition.values.map((value) => values[value]!), ...(link === undefined ? [] : [link])],
  };
}
