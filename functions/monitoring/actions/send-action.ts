/** Sends one alert by one way: e-mail, text message, webhook, Slack. */
import type { MessageTemplate } from '../../../layers/kernel/messages/message-template.ts';
import { renderMessage } from '../../../layers/kernel/messages/message-template.ts';
import { sendEmail } from '../../../layers/kernel/messages/send-email.ts';
import { sendText } from '../../../layers/kernel/messages/send-text.ts';
import { createGuardedClient, type GuardedClient } from '../../../layers/webhooks/guarded-request.ts';
import type { RuleAction } from '../alert-rules/rule-entity.ts';
import { openUrl } from '../alert-rules/seal-actions.ts';
import { addressPolicy } from '../config.ts';

/** An alert as people and programs are told of it. */
export interface AlertNotice {
  tenantId: string;
  eventId: string;
  eventType: string;
  ruleId: string;
  alertType: string;
  severity: string;
  title: { en: string; ar: string };
  description: { en: string; ar: string } | undefined;
  occurredAt: string;
  data: unknown;
}

const timeoutMs = 10_000;
/** A text message in Arabic holds 70 characters; three of them are a limit of cost. */
const maxTextLength = 200;

const english = {
  subject: '[{severity}] {title}',
  paragraphs: ['{severity}: {title}', '{description} ', 'Since {time} (UTC).'],
  short: '{severity}: {title}',
};
const template: MessageTemplate = {
  en: english,
  ar: {
    subject: '[{severity}] {title}',
    paragraphs: ['{severity}: {title}', '{description} ', 'منذ {time} (UTC).'],
    short: '{severity}: {title}',
  },
  fa: english,
  ru: english,
};
const severityNames: Record<string, Record<string, string>> = {
  ar: { info: 'معلومة', warning: 'تحذير', error: 'خطأ', critical: 'حرج' },
  en: { info: 'Info', warning: 'Warning', error: 'Error', critical: 'Critical' },
};

let client: GuardedClient | undefined;

/** @throws Error when it was not taken; what it says holds no address */
export async function sendAction(action: RuleAction, notice: AlertNotice): Promise<void> {
  const { locale } = action;
  const severity = severityNames[locale]?.[notice.severity] ?? notice.severity;
  const message = renderMessage(template, locale, {
    severity,
    title: notice.title[locale],
    description: notice.description?.[locale] ?? '',
    time: notice.occurredAt.slice(0, 16).replace('T', ' '),
  });
  switch (action.type) {
    case 'email':
      return sendEmail({ to: action.to, subject: message.subject, text: message.text, html: message.html });
    case 'sms':
      return sendText({ to: action.to, text: message.short.slice(0, maxTextLength) });
    case 'slack':
      // "<", ">" and "&" control Slack's formatting: https://api.slack.com/reference/surfaces/formatting#escaping
      return post(await openUrl(notice.tenantId, action), { text: escapeSlack(message.text.trim()) }, notice);
    case 'webhook':
      return post(await openUrl(notice.tenantId, action), { type: notice.eventType, ...notice }, notice);
    default:
      action satisfies never;
  }
}

async function post(url: string, body: object, { eventId }: AlertNotice): Promise<void> {
  client ??= createGuardedClient(addressPolicy());
  const { status } = await client.post({
    url,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'Mizan-Alerts/1',
      'webhook-id': eventId,
    },
    body: JSON.stringify(body),
    timeoutMs,
  });
  if (status < 200 || status > 299) throw new Error(`The receiver answered ${status}.`);
}

const escapeSlack = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
