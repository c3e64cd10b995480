/** What a partner does through a link: the ordinary operations of webhooks, on the link's endpoint alone. */
import { notFound } from '../../../layers/kernel/errors/app-error.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { deliveryEntity } from '../deliveries/delivery-entity.ts';
import { deliveryOperations } from '../deliveries/delivery-operations.ts';
import { secretOperations } from '../webhooks/rotate-secret.ts';
import { testWebhook } from '../webhooks/test-webhook.ts';
import { webhookEntity } from '../webhooks/webhook-entity.ts';
import { getWebhookStats } from '../webhooks/webhook-stats.ts';
import { viewWebhook } from '../webhooks/webhook-view.ts';
import { type OpenedLink, openLink, requireAbility } from './open-link.ts';
import { portalFile } from './portal-files.ts';
import type { PortalRoutes } from './routes.ts';
import { portalEndpointView } from './schemas.ts';

/** The request of an operation on the link's endpoint; nothing in what was asked can name another. */
const onEndpoint = <R>(request: R, { link, session }: OpenedLink) =>
  ({ ...request, session, params: { id: link.webhookId } }) as never;

export const portalOperations: Operations<PortalRoutes> = {
  getPortalPage: async () => portalFile('portal.html'),
  getPortalFile: async ({ params }) => portalFile(params.file),

  getPortalEndpoint: async (request) => {
    const { link, session } = await openLink(request);
    const { name, abilities, validUntil: expiresAt } = link;
    const webhook = await viewWebhook(session, await session.require(webhookEntity, { id: link.webhookId }));
    // The schema takes along what a partner may see and drops the rest.
    return { data: portalEndpointView.parse({ ...webhook, link: { name, abilities, expiresAt } }) };
  },

  listPortalDeliveries: async (request) =>
    deliveryOperations.listWebhookDeliveries(onEndpoint(request, await openLink(request))),

  getPortalDelivery: async (request) => {
    const opened = await openLink(request);
    await requireOwnDelivery(opened, request.params.id);
    return deliveryOperations.getDelivery({ ...request, session: opened.session } as never);
  },

  replayPortalDelivery: async (request) => {
    const opened = await openLink(request);
    requireAbility(opened.link, 'replay');
    await requireOwnDelivery(opened, request.params.id);
    return deliveryOperations.replayDelivery({ ...request, session: opened.session } as never);
  },

  testPortalEndpoint: async (request) => {
    const opened = await openLink(request);
    requireAbility(opened.link, 'test');
    return testWebhook(onEndpoint(request, opened));
  },

  rotatePortalSecret: async (request) => {
    const opened = await openLink(request);
    requireAbility(opened.link, 'rotate_secret');
    return secretOperations.rotateWebhookSecret(onEndpoint(request, opened));
  },

  getPortalStats: async (request) => getWebhookStats(onEndpoint(request, await openLink(request))),
};

/** A delivery of another endpoint does not exist here. */
async function requireOwnDelivery({ link, session }: OpenedLink, id: string): Promise<void> {
  const delivery = await session.require(deliveryEntity, { id });
  if (delivery.webhookId !== link.webhookId) throw notFound('delivery', id);
}
