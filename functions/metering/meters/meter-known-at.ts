/** A meter as it was on record at an earlier moment: an exchange that was told of later had not happened for whom judged by it. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { meterEntity } from './meter-entity.ts';
import type { Meter } from './meter-schema.ts';

const perPage = 50;

/** Takes back the changes made since, newest first, as the audit trail has them. @param knownMs milliseconds */
export async function meterKnownAt<M extends Meter>(session: TenantSession, meter: M, knownMs: number): Promise<M> {
  const known: Record<string, unknown> = { ...meter };
  let cursor: string | undefined;
  do {
    const { items, nextCursor } = await session.audit(meterEntity, meter.id, { limit: perPage, cursor });
    for (const { action, at, changes } of items) {
      if (Date.parse(at) <= knownMs) return known as unknown as M;
      if (action !== 'update') continue;
      for (const [name, { old }] of Object.entries(changes))
        if (old === undefined) delete known[name];
        else known[name] = old;
    }
    cursor = nextCursor ?? undefined;
  } while (cursor !== undefined);
  return known as unknown as M;
}
