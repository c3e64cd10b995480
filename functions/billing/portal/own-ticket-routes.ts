/** Routes of a customer's own tickets. What staff says among itself is not in them. */
import * as z from 'zod/mini';
import type { Routes } from '../../../layers/kernel/http/route.ts';
import { generatedId, label } from '../../../layers/kernel/schema/common.ts';
import {
  customerMessageSchema,
  customerTicketSchema,
  downloadSchema,
  ownTicketSchema,
  replySchema,
  ticketStatuses,
  uploadBodySchema,
  uploadedSchema,
} from '../../support/contract.ts';
import { ownAccount } from './own-account-routes.ts';

const params = z.object({ id: generatedId('tkt') });
const step = { method: 'POST', access: 'portal:tickets:write', query: ownAccount } as const;

export const ownTicketRoutes = {
  listOwnTickets: {
    method: 'GET',
    path: '/support/tickets',
    access: 'portal:tickets:read',
    summary: 'Your tickets, the newest first.',
    query: z.extend(ownAccount, { status: z.optional(z.enum(ticketStatuses)) }),
    response: z.array(customerTicketSchema),
    paginated: true,
    errors: ['not_found'],
  },
  openOwnTicket: {
    ...step,
    path: '/support/tickets',
    summary: 'Ask the utility for something, or complain.',
    body: ownTicketSchema,
    response: customerTicketSchema,
    errors: ['not_found', 'unprocessable', 'conflict'],
  },
  listTicketCategories: {
    method: 'GET',
    path: '/support/categories',
    access: 'portal:tickets:read',
    summary: 'What a ticket can be about.',
    response: z.array(z.object({ code: z.string(), nameEn: z.string(), nameAr: z.string() })),
  },
  uploadOwnTicketFiles: {
    ...step,
    path: '/support/uploads',
    summary: 'Upload small files, or get signed URLs to upload files with; then name them in a ticket or a reply.',
    body: uploadBodySchema,
    response: uploadedSchema,
    errors: ['not_found', 'unprocessable'],
  },
  getOwnTicket: {
    method: 'GET',
    path: '/support/tickets/{id}',
    access: 'portal:tickets:read',
    summary: 'One of your tickets.',
    params,
    query: ownAccount,
    response: customerTicketSchema,
    errors: ['not_found'],
  },
  listOwnTicketMessages: {
    method: 'GET',
    path: '/support/tickets/{id}/messages',
    access: 'portal:tickets:read',
    summary: 'What was written in a ticket of yours, the oldest first.',
    params,
    query: ownAccount,
    response: z.array(customerMessageSchema),
    paginated: true,
    errors: ['not_found'],
  },
  replyToOwnTicket: {
    ...step,
    path: '/support/tickets/{id}/messages',
    summary: 'Write in a ticket of yours; one that was solved is open again.',
    params,
    body: replySchema,
    response: customerMessageSchema,
    errors: ['not_found', 'conflict'],
  },
  closeOwnTicket: {
    ...step,
    path: '/support/tickets/{id}/close',
    summary: 'Close a ticket of yours for ever.',
    params,
    response: customerTicketSchema,
    status: 200,
    errors: ['not_found'],
  },
  rateOwnTicket: {
    ...step,
    path: '/support/tickets/{id}/rating',
    summary: 'Say once how a solved ticket was dealt with.',
    params,
    body: z.object({ rating: z.int().check(z.gte(1), z.lte(5)), feedback: z.optional(label(1000)) }),
    response: customerTicketSchema,
    status: 200,
    errors: ['not_found', 'conflict'],
  },
  getOwnTicketFile: {
    method: 'GET',
    path: '/support/tickets/{id}/attachments/{attachmentId}',
    access: 'portal:tickets:read',
    summary: 'Get a signed URL to download a file of a ticket of yours with.',
    params: z.extend(params, { attachmentId: generatedId('att') }),
    query: ownAccount,
    response: downloadSchema,
    errors: ['not_found'],
  },
} as const satisfies Routes;
