/** Routes of the customers' portal: everything is the caller's own. */
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { ownAccountRoutes } from './own-account-routes.ts';
import { ownBillRoutes } from './own-bill-routes.ts';
import { ownTicketRoutes } from './own-ticket-routes.ts';

export const portal = defineResource({
  name: 'portal',
  base: '/api/portal',
  title: 'Customer portal',
  routes: { ...ownAccountRoutes, ...ownBillRoutes, ...ownTicketRoutes },
});
