/** Where providers send their notifications: public, since a provider cannot log in; the token and its signature prove it. */
import * as z from 'zod/mini';
import { defineResource } from '../../../layers/kernel/http/route.ts';

const params = z.object({
  provider: z.string().check(z.regex(/^[a-z0-9_]{1,50}$/)),
  token: z.string().check(z.regex(/^[A-Za-z0-9_-]{1,300}$/)),
});

const common = {
  path: '/{provider}/{token}',
  access: 'public',
  params,
  secretParams: ['token'],
  status: 200,
  contentType: 'text/plain',
  errors: ['unauthenticated', 'forbidden', 'unavailable'],
} as const;

export const providerCallbacks = defineResource({
  name: 'provider-callbacks',
  base: '/api/v1/developer/callbacks',
  title: 'Notifications of providers',
  routes: {
    receiveCallback: {
      ...common,
      method: 'POST',
      summary: 'Take in a notification of a provider: a payment, a delivery report, a message.',
      description:
        'The address comes from `POST /api/v1/developer/integrations/{id}/callback-token`. Each notification is taken once, by the id the provider gave it, and published as an event.',
    },
    confirmCallback: {
      ...common,
      method: 'GET',
      summary: 'The handshake of providers that prove an address first, and of those that send people back.',
    },
  },
});

export type CallbackRoutes = typeof providerCallbacks.routes;
