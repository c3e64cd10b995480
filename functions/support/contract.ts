/** Tickets for the customers' portal: what they look like, and what a customer does with the own ones. */
export { downloadSchema, uploadBodySchema, uploadedSchema } from './attachments/attachment-entity.ts';
export type { customerTickets } from './tickets/customer-tickets.ts';
export {
  customerMessageSchema,
  customerTicketSchema,
  ownTicketSchema,
  replySchema,
  ticketStatuses,
} from './tickets/ticket-schema.ts';

/**
 * Operations on the tickets of a customer, loaded with the first use: route tables read the schemas above alone. They need
 * `readWrite` on table `support` and on bucket `ticket-files`.
 */
export const loadCustomerTickets = async () => (await import('./tickets/customer-tickets.ts')).customerTickets;
