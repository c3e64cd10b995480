/** Switches an endpoint on and off. Switching on begins its health anew and tells the bus. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { updateAtomically } from '../../../layers/kernel/data/update-atomically.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { forgetEndpoints } from '../deliveries/endpoint-directory.ts';
import { webhookEndpointEnabled } from '../events.ts';
import type { WebhookRoutes } from './routes.ts';
import { type StoredWebhook, type Webhook, webhookEntity, webhookHealthEntity } from './webhook-entity.ts';
import { viewWebhook, type WebhookView } from './webhook-view.ts';

export interface Activation {
  changes: Partial<{ [K in keyof Webhook]: Webhook[K] | null }>;
  emit(unit: UnitOfWork, after: StoredWebhook): void;
  afterwards(): Promise<void>;
}

/** What switching needs; undefined when there is nothing to switch. */
export function activation(
  session: TenantSession,
  before: StoredWebhook,
  isActive: boolean | undefined,
): Activation | undefined {
  if (isActive === undefined || isActive === before.isActive) return undefined;
  if (!isActive)
    return {
      changes: { isActive, disabledReason: 'manual', disabledAt: session.context.now() },
      emit: () => {},
      afterwards: async () => {},
    };
  return {
    changes: { isActive, disabledReason: null, disabledAt: null },
    emit: (unit, { id, name, url }) =>
      void unit.emit(webhookEndpointEnabled, { aggregateId: id, payload: { webhookId: id, name, url } }),
    // Old failures must not disable it again with its next one.
    afterwards: async () => {
      await updateAtomically(
        session,
        webhookHealthEntity,
        { id: before.id },
        {
          update: 'SET id = :id, consecutiveFailures = :zero, exhaustedInARow = :zero REMOVE failingSince',
          values: { ':id': before.id, ':zero': 0 },
        },
      );
    },
  };
}

async function switchWebhook(session: TenantSession, id: string, isActive: boolean): Promise<WebhookView> {
  const before = await session.require(webhookEntity, { id });
  const switched = activation(session, before, isActive);
  if (switched === undefined) return viewWebhook(session, before);
  const after = await session.transact('platform', (unit) => {
    const stored = unit.update(webhookEntity, before, switched.changes);
    switched.emit(unit, stored);
    return stored;
  });
  await switched.afterwards();
  forgetEndpoints(session.tenantId);
  return viewWebhook(session, after);
}

export const switchOperations: Pick<Operations<WebhookRoutes>, 'enableWebhook' | 'disableWebhook'> = {
  enableWebhook: async ({ session, params }) => ({ data: await switchWebhook(session, params.id, true) }),
  disableWebhook: async ({ session, params }) => ({ data: await switchWebhook(session, params.id, false) }),
};
