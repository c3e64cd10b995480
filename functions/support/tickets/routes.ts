/** Routes of tickets for staff. Customers have theirs in the portal. */
import * as z from 'zod/mini';
import { historyRoute } from '../../../layers/kernel/crud/history.ts';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { changesOf } from '../../../layers/kernel/schema/change-schema.ts';
import { externalId, generatedId, label } from '../../../layers/kernel/schema/common.ts';
import { downloadSchema, uploadBodySchema, uploadedSchema } from '../attachments/attachment-entity.ts';
import { searchSchema } from './search-tickets-schema.ts';
import {
  createTicketSchema,
  messageSchema,
  replySchema,
  storedTicketSchema,
  ticketPriorities,
  ticketStatuses,
  visibilities,
} from './ticket-schema.ts';

const params = z.object({ id: generatedId('tkt') });
const stored = storedTicketSchema;
const step = { method: 'POST', params, response: stored, status: 200 } as const;

export const tickets = defineResource({
  name: 'tickets',
  base: '/api/tickets',
  title: 'Support tickets',
  routes: {
    listTickets: {
      method: 'GET',
      path: '',
      access: 'support:tickets:view',
      summary: 'List tickets, the newest first.',
      query: z.object({
        status: z.optional(z.enum(ticketStatuses)),
        priority: z.optional(z.enum(ticketPriorities)),
        category: z.optional(externalId()),
        customerId: z.optional(generatedId('cus')),
        assigneeId: z.optional(generatedId('usr')),
        ticketNumber: z.optional(externalId()),
      }),
      response: z.array(stored),
      paginated: true,
    },
    createTicket: {
      method: 'POST',
      path: '',
      access: 'support:tickets:create',
      summary: 'Open a ticket, for a customer or without one.',
      description: 'Its priority says by when it is answered and solved; see the settings of support.',
      body: createTicketSchema,
      response: stored,
      errors: ['unprocessable', 'not_found', 'conflict'],
    },
    searchTickets: {
      method: 'POST',
      path: '/admin/search',
      access: 'support:tickets:view',
      summary: 'Search tickets by text, state, days and messages.',
      body: searchSchema,
      response: z.object({ tickets: z.array(stored), total: z.int(), page: z.int(), pages: z.int() }),
      status: 200,
      idempotent: false,
      errors: ['unprocessable'],
    },
    uploadTicketFiles: {
      method: 'POST',
      path: '/upload',
      access: 'support:tickets:reply',
      summary: 'Upload files, or get signed URLs to upload them with; then name them in a ticket or a reply.',
      description:
        'A file has at most 10 MB. Small ones may come in the request as `{ base64, filename }`, a megabyte together. For others give name, type and size, and send them by PUT with exactly the headers given, within 15 minutes.',
      body: uploadBodySchema,
      response: uploadedSchema,
      errors: ['unprocessable'],
    },
    getTicket: {
      method: 'GET',
      path: '/{id}',
      access: 'support:tickets:view',
      summary: 'Get a ticket.',
      params,
      response: stored,
      errors: ['not_found'],
    },
    updateTicket: {
      method: 'PUT',
      path: '/{id}',
      access: 'support:tickets:update',
      summary: 'Change subject, category, priority or tags; a new priority sets new due times.',
      params,
      body: changesOf(z.pick(createTicketSchema, { subject: true, category: true, priority: true, tags: true })),
      response: stored,
      errors: ['not_found', 'version_conflict', 'conflict', 'unprocessable'],
    },
    changeTicketStatus: {
      ...step,
      path: '/{id}/status',
      access: 'support:tickets:update',
      summary: 'Take a ticket to another status. Closing has a route and a permission of its own.',
      body: z.object({ status: z.enum(ticketStatuses).check(z.refine((to) => to !== 'closed', 'Use /close.')) }),
      errors: ['not_found', 'version_conflict', 'conflict'],
    },
    closeTicket: {
      ...step,
      path: '/{id}/close',
      access: 'support:tickets:close',
      summary: 'Close a ticket for ever.',
      errors: ['not_found', 'version_conflict', 'conflict'],
    },
    assignTicket: {
      ...step,
      path: '/{id}/assign',
      access: 'support:tickets:assign',
      summary:
        'Give a ticket to a user, or with null to nobody. `If-Match` guards against another assignment in between.',
      body: z.object({ assigneeId: z.nullable(generatedId('usr')) }),
      errors: ['not_found', 'version_conflict', 'conflict'],
    },
    takeTicket: {
      ...step,
      path: '/{id}/take',
      access: 'support:tickets:reply',
      summary: 'Take a ticket that nobody has; whoever comes second is told so.',
      errors: ['not_found', 'conflict', 'forbidden'],
    },
    escalateTicket: {
      ...step,
      path: '/{id}/escalate',
      access: 'support:tickets:escalate',
      summary: 'Say that a ticket needs more than its present hands; its priority becomes at least high.',
      body: z.object({ reason: label(500) }),
      errors: ['not_found', 'conflict'],
    },
    mergeTicket: {
      ...step,
      path: '/{id}/merge',
      access: 'support:tickets:merge',
      summary: 'Close a ticket in favour of another one of the same customer.',
      body: z.object({ intoId: generatedId('tkt') }),
      errors: ['not_found', 'conflict', 'unprocessable'],
    },
    listTicketMessages: {
      method: 'GET',
      path: '/{id}/messages',
      access: 'support:tickets:view',
      summary: 'List the messages of a ticket, internal notes included, the oldest first.',
      params,
      response: z.array(messageSchema),
      paginated: true,
      errors: ['not_found'],
    },
    replyToTicket: {
      method: 'POST',
      path: '/{id}/messages',
      access: 'support:tickets:reply',
      summary: 'Answer the customer, or leave a note among staff.',
      params,
      body: z.extend(replySchema, { visibility: z._default(z.enum(visibilities), 'public') }),
      response: messageSchema,
      errors: ['not_found', 'conflict'],
    },
    getTicketFile: {
      method: 'GET',
      path: '/{id}/attachments/{attachmentId}',
      access: 'support:tickets:view',
      summary: 'Get a signed URL to download a file of a ticket with.',
      params: z.extend(params, { attachmentId: generatedId('att') }),
      response: downloadSchema,
      errors: ['not_found'],
    },
    getTicketHistory: historyRoute('support:tickets:view', 'ticket', params),
  },
});
