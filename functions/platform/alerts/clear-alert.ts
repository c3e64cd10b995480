/**
 * Ends the alert of a key because what gave rise to it is over. Events come in any order: what was raised before the end is
 * resolved also when it arrives after it, and what is raised afterwards stands.
 */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import { retryOnChangeOrMade } from '../../../layers/kernel/data/retry-on-change.ts';
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import type { EventEnvelope } from '../../../layers/kernel/events/envelope.ts';
import { systemAlertCleared } from '../events.ts';
import { type Alert, alertEntity, openAlertEntity, type StoredAlert } from './alert-entity.ts';

interface ClearedAlert {
  dedupeKey: string;
  /** The last time it was over, ISO 8601. */
  clearedAt: string;
  notes: string;
}

/** Longer than any event is underway. */
const keepMs = 15 * 86_400_000;

const clearedAlertEntity = defineEntity<ClearedAlert, ClearedAlert>()({
  name: 'cleared alert',
  table: 'platform',
  key: ({ dedupeKey }) => ({ pk: ['OPEN-ALERT', dedupeKey], sk: ['CLEARED'] }),
  idOf: ({ dedupeKey }) => dedupeKey,
  expiresAt: ({ clearedAt }) => Math.floor((Date.parse(clearedAt) + keepMs) / 1000),
});

export async function clearAlert(event: EventEnvelope): Promise<void> {
  const { dedupeKey, reason } = systemAlertCleared.payload.parse(event.payload);
  const session = openSession(event.tenantId, { correlationId: event.correlationId, causationId: event.id });
  await retryOnChangeOrMade(async () => {
    const before = await readCleared(session, dedupeKey);
    const cleared: ClearedAlert = { dedupeKey, clearedAt: event.occurredAt, notes: reason };
    if (before === undefined) await session.transact('platform', (unit) => unit.create(clearedAlertEntity, cleared));
    else if (before.clearedAt < cleared.clearedAt)
      await session.transact('platform', (unit) =>
        unit.update(clearedAlertEntity, before, cleared, { isAudited: false }),
      );
  });
  // After the mark: whoever raises the alert meanwhile looks for it when the alert is there.
  await resolveCleared(session, dedupeKey);
}

const readCleared = (session: TenantSession, dedupeKey: string) =>
  session.get(clearedAlertEntity, { dedupeKey } as ClearedAlert, { consistent: true });

/** Resolves the open alert of a key if it was raised last before it was over. */
export async function resolveCleared(session: TenantSession, dedupeKey: string): Promise<void> {
  const cleared = await readCleared(session, dedupeKey);
  if (cleared === undefined) return;
  await retryOnChangeOrMade(async () => {
    const open = await session.get(openAlertEntity, { dedupeKey }, { consistent: true });
    const alert = open && (await session.get(alertEntity, { id: open.alertId }, { consistent: true }));
    if (open === undefined || alert === undefined || alert.lastSeenAt > cleared.clearedAt) return;
    const { clearedAt, notes } = cleared;
    await session.transact('platform', (unit) =>
      resolveInto(unit, alert, open, { resolvedAt: clearedAt, resolutionNotes: notes }),
    );
  });
}

/** @param open the row of its key; another alert's stays */
export function resolveInto(
  unit: UnitOfWork,
  alert: StoredAlert,
  open: Awaited<ReturnType<typeof readOpen>>,
  how: Pick<Alert, 'resolvedAt' | 'resolvedBy' | 'resolutionNotes'>,
): StoredAlert {
  const given = Object.fromEntries(Object.entries(how).filter(([, value]) => value !== undefined)) as typeof how;
  const resolved = unit.update(alertEntity, alert, { status: 'resolved', ...given });
  if (open?.alertId === alert.id) unit.delete(openAlertEntity, open);
  return resolved;
}

export const readOpen = (session: TenantSession, { dedupeKey }: Pick<Alert, 'dedupeKey'>) =>
  session.get(openAlertEntity, { dedupeKey }, { consistent: true });
