/** Shapes of portal links and of what a partner sees through one: the endpoint, and nothing of the tenant besides. */
import * as z from 'zod/mini';
import { generatedId, label, utcTime } from '../../../layers/kernel/schema/common.ts';
import { webhookView } from '../webhooks/schemas.ts';
import { linkAbilities } from './link-entity.ts';

const day = 86_400;

export const linkParams = z.object({ id: generatedId('whk'), linkId: generatedId('lnk') });

export const createLinkBody = z.strictObject({
  /** For whom it is. */
  name: label(100),
  expiresInSeconds: z._default(z.int().check(z.gte(300), z.lte(30 * day)), 7 * day),
  /** What the partner may do beyond looking. */
  abilities: z._default(z.array(z.enum(linkAbilities)).check(z.maxLength(linkAbilities.length)), [...linkAbilities]),
});

export const linkView = z.object({
  id: z.string(),
  webhookId: z.string(),
  name: z.string(),
  abilities: z.array(z.enum(linkAbilities)),
  isActive: z.boolean(),
  expiresAt: utcTime(),
  revokedAt: z.nullable(utcTime()),
  revokedBy: z.nullable(z.string()),
  createdAt: utcTime(),
  createdBy: z.string(),
});
/** The token is in the part of the address that browsers send to nobody. */
export const createdLinkView = z.extend(linkView, { url: z.string(), token: z.string() });

const { shape } = webhookView;
export const portalEndpointView = z.object({
  id: shape.id,
  name: shape.name,
  url: shape.url,
  subscribedEvents: shape.subscribedEvents,
  isActive: shape.isActive,
  timeoutSeconds: shape.timeoutSeconds,
  maxRetries: shape.maxRetries,
  batch: shape.batch,
  ordering: shape.ordering,
  rateLimitPerSecond: shape.rateLimitPerSecond,
  signature: shape.signature,
  previousSecretValidUntil: shape.previousSecretValidUntil,
  disabledReason: shape.disabledReason,
  disabledAt: shape.disabledAt,
  lastTriggeredAt: shape.lastTriggeredAt,
  lastStatus: shape.lastStatus,
  consecutiveFailures: shape.consecutiveFailures,
  link: z.object({ name: z.string(), abilities: z.array(z.enum(linkAbilities)), expiresAt: utcTime() }),
});
