/** A ticket: what somebody asks the utility for or complains of, who works on it, and by when it is answered and solved. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { externalId, generatedId, label, utcTime } from '../../../layers/kernel/schema/common.ts';

/** `waiting_customer`: the clock of the solution stands still. `closed` is for ever; `resolved` opens again by a reply. */
export const ticketStatuses = ['open', 'in_progress', 'waiting_customer', 'resolved', 'closed'] as const;
export const ticketPriorities = ['low', 'medium', 'high', 'urgent'] as const;
/** Where it came from. */
const ticketChannels = ['portal', 'app', 'phone', 'counter', 'email', 'whatsapp', 'other'] as const;

const dues = ['first_response', 'resolution'] as const;

export type TicketStatus = (typeof ticketStatuses)[number];
export type TicketPriority = (typeof ticketPriorities)[number];
export type TicketChannel = (typeof ticketChannels)[number];

const longText = (max: number) => z.string().check(z.trim(), z.minLength(1), z.maxLength(max));
const attachmentIds = () => z.optional(z.array(generatedId('att')).check(z.maxLength(10)));

/** What a customer writes. */
export const ownTicketSchema = z.object({
  subject: label(200),
  description: longText(5000),
  /** One of the tenant's categories. */
  category: externalId(),
  /** Files uploaded before by the same person. */
  attachmentIds: attachmentIds(),
});

export const createTicketSchema = z.extend(ownTicketSchema, {
  priority: z._default(z.enum(ticketPriorities), 'medium'),
  channel: z._default(z.enum(ticketChannels), 'phone'),
  customerId: z.optional(generatedId('cus')),
  tags: z.optional(z.array(label(40)).check(z.maxLength(10))),
});

const ticketSchema = z.object({
  id: z.string(),
  /** For people, e.g. `TK-7Q4M2X9A`. */
  ticketNumber: z.string(),
  subject: z.string(),
  description: z.string(),
  category: z.string(),
  priority: z.enum(ticketPriorities),
  status: z.enum(ticketStatuses),
  channel: z.enum(ticketChannels),
  customerId: z.optional(z.string()),
  openedBy: z.string(),
  assigneeId: z.optional(z.string()),
  tags: z.optional(z.array(z.string())),
  attachmentIds: z.array(z.string()),
  firstResponseDueAt: utcTime(),
  resolutionDueAt: utcTime(),
  firstRespondedAt: z.optional(utcTime()),
  /** Since when the customer is waited for. */
  waitingSince: z.optional(utcTime()),
  /** How long the clock of the solution stood still until now, milliseconds, the present wait aside. */
  pausedMs: z.optional(z.int()),
  resolvedAt: z.optional(utcTime()),
  closedAt: z.optional(utcTime()),
  /** A due time passed, of the first answer or the solution. */
  slaBreached: z.boolean(),
  /** Due times that passed. */
  slaBreaches: z.optional(z.array(z.enum(dues))),
  /** Due times whose last fifth began. */
  slaWarned: z.optional(z.array(z.enum(dues))),
  escalatedAt: z.optional(utcTime()),
  escalationReason: z.optional(z.string()),
  lastActivityAt: utcTime(),
  messageCount: z.int(),
  mergedInto: z.optional(z.string()),
  /** 1 to 5, by the customer. */
  rating: z.optional(z.int()),
  feedback: z.optional(z.string()),
});

export const storedTicketSchema = storedSchema(ticketSchema);
export type Ticket = z.infer<typeof ticketSchema>;

export const replySchema = z.object({ text: longText(5000), attachmentIds: attachmentIds() });

/** `internal`: a note among staff, never shown to the customer. */
export const visibilities = ['public', 'internal'] as const;

export const messageSchema = z.object({
  id: z.string(),
  ticketId: z.string(),
  author: z.enum(['customer', 'staff']),
  authorId: z.string(),
  authorName: z.string(),
  visibility: z.enum(visibilities),
  text: z.string(),
  attachmentIds: z.array(z.string()),
  at: utcTime(),
});
export type TicketMessage = z.infer<typeof messageSchema>;

/** A ticket as its customer sees it: nothing of who works on it, nor of how. */
export const customerTicketSchema = storedSchema(
  z.pick(ticketSchema, {
    id: true,
    ticketNumber: true,
    subject: true,
    description: true,
    category: true,
    priority: true,
    status: true,
    channel: true,
    attachmentIds: true,
    resolvedAt: true,
    closedAt: true,
    lastActivityAt: true,
    rating: true,
    feedback: true,
  }),
);

export const customerMessageSchema = z.pick(messageSchema, {
  id: true,
  author: true,
  text: true,
  attachmentIds: true,
  at: true,
});
