/**
 * The endpoints of each tenant as this function instance knows them. What is known may be a second old where that does
 * no harm; whoever would leave a message undelivered because of it looks again first.
 */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { type StoredWebhook, webhookEntity, webhooksPartition } from '../webhooks/webhook-entity.ts';

export type Endpoints = ReadonlyMap<string, StoredWebhook>;

interface Known {
  endpoints: Promise<Endpoints>;
  /** When the reading began: every change before is in it. */
  readAtMs: number;
}

const freshMs = 1000;
/** How far the clocks of two machines may differ. */
const clockSkewMs = 1000;
const known = new Map<string, Known>();

/**
 * The endpoints that exist at `sinceMs` and are still there: a new endpoint gets every event from its creation on.
 * @param sinceMs time of the newest event that is to be matched
 */
export function endpointsSince(session: TenantSession, sinceMs: number): Promise<Endpoints> {
  const entry = known.get(session.tenantId);
  return entry && entry.readAtMs >= sinceMs + clockSkewMs && isFresh(entry) ? entry.endpoints : read(session);
}

/** The endpoints with these ids; that one is gone or disabled is said on the word of the table alone. */
export async function endpointsFor(session: TenantSession, ids: Iterable<string>): Promise<Endpoints> {
  const entry = known.get(session.tenantId);
  if (entry === undefined || !isFresh(entry)) return read(session);
  const endpoints = await entry.endpoints;
  for (const id of ids) if (!endpoints.get(id)?.isActive) return read(session);
  return endpoints;
}

/** Forgets what is known of a tenant, after this process changed it. */
export function forgetEndpoints(tenantId: string): void {
  known.delete(tenantId);
}

const isFresh = ({ readAtMs }: Known): boolean => Date.now() - readAtMs < freshMs;

function read(session: TenantSession): Promise<Endpoints> {
  const endpoints = readEndpoints(session);
  known.set(session.tenantId, { endpoints, readAtMs: Date.now() });
  endpoints.catch(() => known.delete(session.tenantId));
  return endpoints;
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
