/** The portal of a partner: one endpoint, seen through a link. Public to the gateway, since nobody logs in; every route but the page's own asks for the token. */
import * as z from 'zod/mini';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import {
  deliveryDetail,
  deliveryParams,
  deliveryView,
  listDeliveriesQuery,
  rotateBody,
  rotatedView,
  statsQuery,
  statsView,
  testBody,
} from '../webhooks/schemas.ts';
import { portalEndpointView } from './schemas.ts';

const byToken = {
  access: 'public',
  description: 'Send the token of the portal link as `Authorization: Bearer mzl_…`.',
} as const;
const refused = ['unauthenticated', 'rate_limited'] as const;

export const webhookPortal = defineResource({
  name: 'webhook-portal',
  base: '/api/v1/developer/webhook-portal',
  title: 'Webhook portal',
  routes: {
    getPortalPage: {
      method: 'GET',
      path: '',
      access: 'public',
      summary: 'The page behind a portal link.',
      contentType: 'text/html',
      hidden: true,
    },
    getPortalFile: {
      method: 'GET',
      path: '/assets/{file}',
      access: 'public',
      summary: 'A file of the page.',
      params: z.object({ file: z.string().check(z.maxLength(50)) }),
      contentType: 'text/html',
      hidden: true,
    },
    getPortalEndpoint: {
      ...byToken,
      method: 'GET',
      path: '/endpoint',
      summary: 'The endpoint of the link.',
      response: portalEndpointView,
      errors: refused,
    },
    listPortalDeliveries: {
      ...byToken,
      method: 'GET',
      path: '/deliveries',
      summary: 'Deliveries to the endpoint, newest first.',
      query: listDeliveriesQuery,
      response: z.array(deliveryView),
      paginated: true,
      errors: refused,
    },
    getPortalDelivery: {
      ...byToken,
      method: 'GET',
      path: '/deliveries/{id}',
      summary: 'One delivery with its body and attempts.',
      params: deliveryParams,
      response: deliveryDetail,
      errors: [...refused, 'not_found'],
    },
    replayPortalDelivery: {
      ...byToken,
      method: 'POST',
      path: '/deliveries/{id}/replay',
      summary: 'Have one delivery sent again.',
      params: deliveryParams,
      response: deliveryView,
      status: 202,
      errors: [...refused, 'forbidden', 'not_found', 'conflict'],
    },
    testPortalEndpoint: {
      ...byToken,
      method: 'POST',
      path: '/test',
      summary: 'Have a sample sent now, and see the answer.',
      body: testBody,
      response: deliveryView,
      status: 200,
      errors: [...refused, 'forbidden', 'unprocessable'],
    },
    rotatePortalSecret: {
      ...byToken,
      method: 'POST',
      path: '/rotate-secret',
      summary: 'Get a new secret; the old one signs beside it for the overlap.',
      body: rotateBody,
      response: rotatedView,
      status: 200,
      errors: [...refused, 'forbidden'],
    },
    getPortalStats: {
      ...byToken,
      method: 'GET',
      path: '/stats',
      summary: 'Deliveries to the endpoint by hour.',
      query: statsQuery,
      response: statsView,
      errors: refused,
    },
  },
});

export type PortalRoutes = typeof webhookPortal.routes;
