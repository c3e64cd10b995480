/** Makes, lists and revokes links of an endpoint. A link never allows what its maker could not do. */
import { requirePermission } from '../../../layers/kernel/auth/require-permission.ts';
import { AppError, notFound } from '../../../layers/kernel/errors/app-error.ts';
import type { Operations, ReceivedRequest } from '../../../layers/kernel/http/route.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import type { WebhookRoutes } from '../webhooks/routes.ts';
import { webhookEntity } from '../webhooks/webhook-entity.ts';
import {
  isLinkGood,
  type LinkAbility,
  linksOf,
  newLinkToken,
  portalLinkEntity,
  type StoredLink,
} from './link-entity.ts';
import { webhookPortal } from './routes.ts';

const neededFor: Record<LinkAbility, string> = {
  replay: 'platform:webhooks:replay',
  test: 'platform:webhooks:write',
  rotate_secret: 'platform:webhooks:secret',
};

export const linkOperations: Pick<
  Operations<WebhookRoutes>,
  'createPortalLink' | 'listPortalLinks' | 'revokePortalLink'
> = {
  createPortalLink: async ({ session, params, body, principal, received, headers }) => {
    // A link would free a key of its addresses, limits and end.
    if (principal.kind !== 'user')
      throw new AppError('forbidden', undefined, {
        texts: { en: 'Links are made by people, not by API keys.', ar: 'الروابط ينشئها الأشخاص لا مفاتيح API.' },
      });
    for (const permission of ['platform:webhooks:read', ...body.abilities.map((ability) => neededFor[ability])])
      requirePermission(principal, permission);
    await session.require(webhookEntity, { id: params.id });
    const id = newId('lnk');
    const { token, hash } = newLinkToken(session.tenantId, id);
    const link = await session.transact('platform', (unit) => {
      // Not of an endpoint that is deleted at this moment.
      unit.requireExists(webhookEntity, { id: params.id });
      return unit.create(portalLinkEntity, {
        id,
        webhookId: params.id,
        name: body.name,
        abilities: [...new Set(body.abilities)],
        tokenHash: hash,
        validUntil: new Date(Date.now() + body.expiresInSeconds * 1000).toISOString(),
        createdBy: principal.subject,
      });
    });
    const url = `${originOf(received, headers['x-forwarded-proto'])}${webhookPortal.base}#${token}`;
    return { data: { ...viewLink(link), url, token }, headers: { 'cache-control': 'no-store' } };
  },

  listPortalLinks: async ({ session, params, page }) => {
    await session.require(webhookEntity, params);
    const { items, nextCursor } = await session.query<StoredLink>(portalLinkEntity, {
      index: 'gsi1',
      pk: linksOf(params.id),
      order: 'descending',
      ...page,
    });
    return { data: items.map(viewLink), pagination: { limit: page.limit, nextCursor } };
  },

  revokePortalLink: async ({ session, params, principal }) => {
    const link = await session.require(portalLinkEntity, { id: params.linkId });
    if (link.webhookId !== params.id) throw notFound('portal link', params.linkId);
    if (link.revokedAt !== undefined) return { data: viewLink(link) };
    const revoked = await session.transact('platform', (unit) =>
      unit.update(portalLinkEntity, link, { revokedAt: session.context.now(), revokedBy: principal.subject }),
    );
    return { data: viewLink(revoked) };
  },
};

function viewLink(link: StoredLink) {
  const { id, webhookId, name, abilities, validUntil, createdAt, createdBy } = link;
  return {
    id,
    webhookId,
    name,
    abilities,
    isActive: isLinkGood(link, Date.now()),
    expiresAt: validUntil,
    revokedAt: link.revokedAt ?? null,
    revokedBy: link.revokedBy ?? null,
    createdAt,
    createdBy,
  };
}

/** The address the caller reached us by; on one machine there is no TLS. */
function originOf({ url }: ReceivedRequest, forwardedProto: string | undefined): string {
  const { host, hostname } = new URL(url);
  const isLocal = hostname === 'localhost' || hostname === '127.0.0.1';
  return `${isLocal ? (forwardedProto ?? 'http') : 'https'}://${host}`;
}
