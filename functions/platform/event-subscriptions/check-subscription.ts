/** What a schema cannot say of a subscription: the type exists, the handler is there and fits, and whoever turns it on might do it themselves. */
import type { z } from 'zod/mini';
import type { Principal } from '../../../layers/kernel/auth/principal.ts';
import { requirePermission } from '../../../layers/kernel/auth/require-permission.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError, type ErrorDetail } from '../../../layers/kernel/errors/app-error.ts';
import { forReader } from '../../../layers/kernel/i18n/field-message.ts';
import type { Locale } from '../../../layers/kernel/i18n/locale.ts';
import { patternProblem } from '../../../layers/webhooks/event-pattern.ts';
import { loadCatalog } from '../catalog/load-catalog.ts';
import { integrationEntity } from '../integrations/integration-entity.ts';
import { webhookEntity } from '../webhooks/webhook-entity.ts';
import { reactionNamed, reactions } from './reactions/registry.ts';
import { functionConfig, queueConfig } from './schemas.ts';
import type { FunctionHandler, HandlerType, QueueHandler, WebhookHandler } from './subscription-entity.ts';

export const invalid = (path: string, message: string): AppError =>
  new AppError('validation_failed', undefined, { details: [{ in: 'body', path, message }] });

/** A reaction acts with the tenant's integrations and alerts: a subscription must not lend what its maker does not hold. */
const neededFor: Record<HandlerType, string> = {
  webhook: 'platform:webhooks:write',
  queue: 'platform:subscriptions:write',
  function: 'platform:integrations:write',
};

/** @throws AppError `forbidden` naming the permission */
export const requireHandlerPermission = (principal: Principal, handlerType: HandlerType): void =>
  requirePermission(principal, neededFor[handlerType]);

/** @throws AppError `validation_failed` */
export async function checkEventType(pattern: string): Promise<void> {
  const { subscribableTypes } = await loadCatalog();
  const problem = patternProblem(pattern, subscribableTypes);
  if (problem !== undefined) throw invalid('/eventType', problem);
}

/** @throws AppError `not_found` for an endpoint of somebody else, `unprocessable` for one whose own filter would cut what it gets */
export async function checkEndpoint(session: TenantSession, webhookId: string): Promise<WebhookHandler> {
  const { filter } = await session.require(webhookEntity, { id: webhookId });
  if (filter !== undefined)
    throw new AppError(
      'unprocessable',
      'The endpoint has a filter of its own: give a "url" for the subscription instead.',
    );
  return { webhookId };
}

/** @throws AppError `validation_failed` naming the field of the input, `not_found` for an integration of somebody else */
export async function checkReaction(session: TenantSession, config: unknown, locale: Locale): Promise<FunctionHandler> {
  const { function: name, input } = parse(functionConfig, config, '/handlerConfig', locale);
  const reaction = reactionNamed(name);
  if (reaction === undefined)
    throw invalid(
      '/handlerConfig/function',
      `There is no function "${name}". There are: ${reactions.map((one) => one.name).join(', ')}.`,
    );
  const checked = parse(reaction.input, input, '/handlerConfig/input', locale) as Record<string, unknown>;
  const { integrationId } = checked;
  if (typeof integrationId === 'string') await session.require(integrationEntity, { id: integrationId });
  return { function: name, input: checked };
}

export const checkQueue = (config: unknown, locale: Locale): QueueHandler =>
  parse(queueConfig, config, '/handlerConfig', locale);

function parse<T>(schema: z.ZodMiniType<T>, value: unknown, path: string, locale: Locale): T {
  const parsed = forReader(locale, (options) => schema.safeParse(value, options));
  if (parsed.success) return parsed.data;
  const details = parsed.error.issues.map(
    (issue): ErrorDetail => ({ in: 'body', path: [path, ...issue.path.map(String)].join('/'), message: issue.message }),
  );
  throw new AppError('validation_failed', undefined, { details });
}
