/**
 * Which tenant a station belongs to, remembered per function instance: the owner of a code never changes, and a
 * station that was just registered must not wait long.
 */
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { stationOwners } from '../../scada/contract.ts';

const keepUnknownMs = 5_000;
/** Enough for every station of a large installation, bounded against made-up names. */
const maxEntries = 20_000;

const sessions = new Map<string, TenantSession>();
const owners = new Map<string, TenantSession>();
const unknownUntil = new Map<string, number>();

/** Sessions of the stations' owners; stations nobody registered are missing. */
export async function stationSessions(stationIds: Iterable<string>): Promise<Map<string, TenantSession>> {
  const now = Date.now();
  const asked = new Set<string>();
  const found = new Map<string, TenantSession>();
  for (const id of stationIds) {
    const owner = owners.get(id);
    if (owner !== undefined) found.set(id, owner);
    else if ((unknownUntil.get(id) ?? 0) <= now) asked.add(id);
  }
  if (asked.size === 0) return found;
  const answers = await stationOwners([...asked]);
  if (unknownUntil.size > maxEntries) unknownUntil.clear();
  if (owners.size > maxEntries) owners.clear();
  for (const id of asked) {
    const tenantId = answers.get(id);
    if (tenantId === undefined) {
      unknownUntil.set(id, now + keepUnknownMs);
    } else {
      const session = sessionOf(tenantId);
      owners.set(id, session);
      found.set(id, session);
    }
  }
  return found;
}

/** One session object per tenant, so that batches can be grouped by it. */
function sessionOf(tenantId: string): TenantSession {
  const session = sessions.get(tenantId) ?? openSession(tenantId);
  sessions.set(tenantId, session);
  return session;
}
