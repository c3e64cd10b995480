/** A message to a customer over one channel: what it says, where it went, and what became of it. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { utcTime } from '../../../layers/kernel/schema/common.ts';
import { messageChannels } from '../customers/customer-schema.ts';
import { documentRefSchema } from '../documents/document-schema.ts';
import type { Notice } from '../push/push-to-users.ts';
import { templateNames } from './templates/index.ts';

/**
 * `queued`: goes out next; `waiting`: kept until the quiet hours are over; `sent`: a provider took it; `delivered`: the
 * provider says it arrived; `failed` and `skipped`: see `reason`.
 */
const messageStatuses = ['queued', 'waiting', 'sent', 'delivered', 'failed', 'skipped'] as const;

/**
 * Why it was not sent. `no_address`: the customer has none for the channel, or no device any more; `refused`: the customer does not want it;
 * `not_configured`: no provider of the channel; `no_template`: WhatsApp takes no free text
 * outside of a conversation, and no approved template is set for the message; `rejected`: the provider refused it for good; `unreachable`: nobody took it
 * in all tries; `outdated`: a reminder of what was paid by then; `undelivered`: taken, and then reported as failed.
 */
const messageReasons = [
  'no_address',
  'refused',
  'not_configured',
  'no_template',
  'rejected',
  'unreachable',
  'undelivered',
  'outdated',
] as const;

export const customerMessageSchema = z.object({
  id: z.string(),
  customerId: z.string(),
  template: z.enum(templateNames),
  channel: z.enum(messageChannels),
  language: z.enum(['ar', 'en']),
  /** Of the caller: a channel carries a reference once. */
  reference: z.string(),
  /** Phone number or e-mail address; missing where the customer has none. */
  to: z.optional(z.string()),
  subject: z.optional(z.string()),
  text: z.string(),
  /** What it is about, e.g. an invoice. */
  aboutId: z.optional(z.string()),
  document: z.optional(documentRefSchema),
  status: z.enum(messageStatuses),
  reason: z.optional(z.enum(messageReasons)),
  /** What the provider said of a failure. */
  detail: z.optional(z.string()),
  requestedAt: utcTime(),
  /** Of a waiting message: when the quiet hours end. */
  sendAfter: z.optional(utcTime()),
  sentAt: z.optional(utcTime()),
  deliveredAt: z.optional(utcTime()),
  provider: z.optional(z.string()),
  /** How often it was given to be sent; a message that failed can be asked for again. */
  tries: z.int(),
});

/** What asking for a message answers, for one channel. */
export const notificationResultSchema = z.object({
  messageId: z.string(),
  channel: z.enum(messageChannels),
  status: z.enum(messageStatuses),
  reason: z.optional(z.enum(messageReasons)),
});

export const storedCustomerMessageSchema = storedSchema(customerMessageSchema);

/** As stored: with what only the sender needs. */
export interface CustomerMessage extends z.infer<typeof customerMessageSchema> {
  /** Of an e-mail. */
  html?: string;
  /** Of WhatsApp, for a template the provider approved. */
  parameters?: string[];
  /** Of WhatsApp: the document as it was uploaded, for which try, and where alone it is known. */
  media?: { id: string; filename: string; integrationId: string; tries: number };
  /** Of push: in the languages devices may have. */
  notice?: Record<'ar' | 'en', Notice>;
}
export type MessageChannel = (typeof messageChannels)[number];
