/** From the token of a request to the link it belongs to. Whatever is wrong with it, the answer is the same. */
import { countRequest } from '../../../layers/kernel/auth/rate-limit.ts';
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { isTenantSuspended } from '../../identity/contract.ts';
import {
  isLinkGood,
  isRightToken,
  type LinkAbility,
  parseLinkToken,
  portalLinkEntity,
  type StoredLink,
} from './link-entity.ts';

interface Asking {
  headers: Readonly<Record<string, string | undefined>>;
  correlationId: string;
  clientIp: string;
  userAgent: string;
}

export interface OpenedLink {
  link: StoredLink;
  /** Acts in the name of the link: the history of the endpoint says so. */
  session: TenantSession;
}

/** A page asks some times, and a person no more. */
const limits = { perMinute: 120, perDay: 10_000 };

/** @throws AppError `unauthenticated`, or `rate_limited` */
export async function openLink({ headers, ...asking }: Asking): Promise<OpenedLink> {
  const token = headers['authorization']?.replace(/^Bearer\s+/i, '').trim() ?? '';
  const claim = parseLinkToken(token);
  if (claim === undefined) throw refused();
  const reader = openSession(claim.tenantId);
  const link = await reader.get(portalLinkEntity, { id: claim.linkId }, { consistent: true });
  if (link === undefined || !isRightToken(claim.secret, link) || !isLinkGood(link, Date.now())) throw refused();
  if (await isTenantSuspended(claim.tenantId)) throw refused();
  // Whose line it is decides who may read it, as with every other caller.
  logger.appendKeys({ tenantId: claim.tenantId, userId: link.id });
  await countRequest(claim.tenantId, link.id, limits, Date.now());
  const session = openSession(claim.tenantId, {
    ...asking,
    actor: { id: link.id, kind: 'portal_link', name: link.name },
  });
  return { link, session };
}

/** @throws AppError `forbidden` */
export function requireAbility({ abilities }: StoredLink, ability: LinkAbility): void {
  if (!abilities.includes(ability)) throw new AppError('forbidden', undefined, { values: { permission: ability } });
}

const refused = (): AppError =>
  new AppError('unauthenticated', undefined, { headers: { 'www-authenticate': 'Bearer' } });
