/** What customers do in their portal and in the app. */
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { accountOperations } from './account-operations.ts';
import { billOperations } from './bill-operations.ts';
import type { portal } from './routes.ts';
import { ticketOperations } from './ticket-operations.ts';

/** @param channel where the customer is, for the tickets opened there */
export const portalOperations = (channel: 'portal' | 'app'): Operations<typeof portal.routes> => ({
  ...accountOperations,
  ...billOperations,
  ...ticketOperations(channel),
});
