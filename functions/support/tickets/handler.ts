/** Lambda entry of `/api/tickets`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { tickets } from './routes.ts';
import { ticketOperations } from './ticket-operations.ts';

export const handler = serve(tickets, ticketOperations, { table: 'support' });
