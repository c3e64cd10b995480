/** What the search of tickets takes, as documented. */
import * as z from 'zod/mini';
import { externalId, generatedId, label } from '../../../layers/kernel/schema/common.ts';
import { ticketPriorities, ticketStatuses } from './ticket-schema.ts';

export const searchSchema = z.object({
  /** In number, subject and description. */
  query: z.optional(label(200)),
  status: z.optional(z.enum(ticketStatuses)),
  priority: z.optional(z.enum(ticketPriorities)),
  /** Code of a category. */
  categoryId: z.optional(externalId()),
  customerId: z.optional(generatedId('cus')),
  assigneeId: z.optional(generatedId('usr')),
  /** Opened on this day or later, UTC. @default a year ago */
  fromDate: z.optional(z.iso.date()),
  /** Opened on this day or earlier, UTC. @default today */
  toDate: z.optional(z.iso.date()),
  hasAttachments: z.optional(z.boolean()),
  slaBreached: z.optional(z.boolean()),
  isRated: z.optional(z.boolean()),
  messageContent: z.optional(label(200)),
  page: z._default(z.int().check(z.gte(1), z.lte(1000)), 1),
  limit: z._default(z.int().check(z.gte(1), z.lte(100)), 20),
  sortBy: z._default(z.enum(['createdAt', 'lastActivityAt', 'priority', 'resolutionDueAt']), 'createdAt'),
  sortOrder: z._default(z.enum(['asc', 'desc']), 'desc'),
});

export type TicketSearch = z.infer<typeof searchSchema>;
