/** The endpoints of each tenant as this function instance knows them: at most a second old, so that changes take hold at once. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { type StoredWebhook, webhookEntity, webhooksPartition } from '../webhooks/webhook-entity.ts';

export type Endpoints = ReadonlyMap<string, StoredWebhook>;

const freshMs = 1000;
const known = new Map<string, { endpoints: Promise<Endpoints>; until: number }>();

export function endpointsOf(session: TenantSession): Promise<Endpoints> {
  const now = Date.now();
  const entry = known.get(session.tenantId);
  if (entry && entry.until > now) return entry.endpoints;
  const endpoints = readEndpoints(session);
  known.set(session.tenantId, { endpoints, until: now + freshMs });
  endpoints.catch(() => known.delete(session.tenantId));
  return endpoints;
}

/** Forgets what is known of a tenant, after this process changed it. */
export function forgetEndpoints(tenantId: string): void {
  known.delete(tenantId);
}

async function readEndpoints(session: TenantSession): Promise<Endpoints> {
  const endpoints = new Map<string, StoredWebhook>();
  let cursor: string | undefined;
  do {
    const page: { items: StoredWebhook[]; nextCursor: string | null } = await session.query(webhookEntity, {
      pk: webhooksPartition,
      limit: 200,
      cursor,
      consistent: true,
    });
    for (const webhook of page.items) endpoints.set(webhook.id, webhook);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return endpoints;
}
