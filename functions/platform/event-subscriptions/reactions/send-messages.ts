/** Reactions that write to people, through the tenant's own integrations with their fallback. */
import * as z from 'zod/mini';
import { postChat, sendEmailMessage, sendSms, sendWhatsApp, sendWhatsAppTemplate } from '../../contract.ts';
import { fillTemplate, requiredText } from './fill-template.ts';
import { defineReaction, templateText } from './reaction.ts';

/** Messages tell of themselves, and a provider that fails changes the health of its integration. */
const ignores = ['message.*', 'integration.*', 'webhook.*'];
const phoneExample = '{data.phone}';
const sent = ({ provider, value }: { provider: string; value: { providerReference: string; status: string } }) => ({
  provider,
  providerReference: value.providerReference,
  status: value.status,
});

export const sendSmsReaction = defineReaction({
  name: 'send_sms',
  title: { en: 'Send a text message', ar: 'إرسال رسالة نصية' },
  summary: {
    en: 'Sends a text message to a number or to a field of the event.',
    ar: 'يرسل رسالة نصية إلى رقم أو إلى حقل من الحدث.',
  },
  input: z.strictObject({ to: templateText(100), text: templateText(600) }),
  ignores,
  example: { to: phoneExample, text: 'Invoice {data.invoiceNumber} is overdue.' },
  run: async ({ session, input, event, reference }) =>
    sent(
      await sendSms(session, {
        to: requiredText(input.to, event, 'number'),
        text: requiredText(input.text, event, 'text'),
        reference,
      }),
    ),
});

export const sendWhatsAppReaction = defineReaction({
  name: 'send_whatsapp',
  title: { en: 'Send a WhatsApp message', ar: 'إرسال رسالة واتساب' },
  summary: {
    en: 'Sends an approved template, or a text within the 24 hours in which WhatsApp allows one.',
    ar: 'يرسل قالبًا معتمدًا، أو نصًا ضمن مهلة 24 ساعة التي يسمح بها واتساب.',
  },
  input: z.union([
    z.strictObject({ to: templateText(100), text: templateText(4000) }),
    z.strictObject({
      to: templateText(100),
      template: z.string().check(z.regex(/^[a-z0-9_]{1,512}$/)),
      language: z.string().check(z.regex(/^[a-z]{2,3}(_[A-Z]{2})?$/)),
      parameters: z._default(z.array(templateText(500)).check(z.maxLength(10)), []),
    }),
  ]),
  ignores,
  example: { to: phoneExample, template: 'invoice_overdue', language: 'ar', parameters: ['{data.invoiceNumber}'] },
  run: async ({ session, input, event, reference }) => {
    const to = requiredText(input.to, event, 'number');
    if ('text' in input)
      return sent(await sendWhatsApp(session, { to, text: requiredText(input.text, event, 'text'), reference }));
    const { template, language, parameters } = input;
    const filled = parameters.map((parameter) => fillTemplate(parameter, event));
    return sent(await sendWhatsAppTemplate(session, { to, template, language, parameters: filled, reference }));
  },
});

export const sendEmailReaction = defineReaction({
  name: 'send_email',
  title: { en: 'Send an e-mail', ar: 'إرسال بريد إلكتروني' },
  summary: {
    en: 'Sends an e-mail to addresses or to a field of the event.',
    ar: 'يرسل بريدًا إلى عناوين أو إلى حقل من الحدث.',
  },
  input: z.strictObject({
    to: z.array(templateText(320)).check(z.minLength(1), z.maxLength(20)),
    subject: templateText(200),
    text: templateText(10_000),
  }),
  ignores,
  example: { to: ['billing@example.com'], subject: '{type}: {aggregateId}', text: 'At {timestamp}.' },
  run: async ({ session, input, event, reference }) =>
    sent(
      await sendEmailMessage(session, {
        to: input.to.map((address) => requiredText(address, event, 'address')),
        // A line end would begin another header (RFC 5322, section 2.2).
        subject: requiredText(input.subject, event, 'subject').replace(/[\r\n]+/g, ' '),
        text: requiredText(input.text, event, 'text'),
        reference,
      }),
    ),
});

export const postChatReaction = defineReaction({
  name: 'post_chat',
  title: { en: 'Post to a chat', ar: 'النشر في محادثة' },
  summary: {
    en: 'Posts to a channel of the chat integration, such as Slack.',
    ar: 'ينشر في قناة تكامل المحادثة مثل Slack.',
  },
  input: z.strictObject({
    text: templateText(3000),
    channel: z.optional(z.string().check(z.regex(/^[#@\w.-]{1,80}$/))),
  }),
  ignores,
  example: { text: '{type}: {aggregateId}', channel: '#operations' },
  run: async ({ session, input, event, reference }) =>
    sent(
      await postChat(session, {
        text: requiredText(input.text, event, 'text'),
        ...(input.channel === undefined ? {} : { channel: input.channel }),
        reference,
      }),
    ),
});
