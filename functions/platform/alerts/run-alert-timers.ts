/** Schedule `alert-clock`: does what fell due. A timer goes only after its work is done, so one that fails comes again. */
import { openGlobalSession, openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { deleteStep, writeMany } from '../../../layers/kernel/data/write-many.ts';
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { logger, publishMetrics } from '../../../layers/kernel/observability/logger.ts';
import { systemAlertEscalated } from '../events.ts';
import { alertEntity, type StoredAlert } from './alert-entity.ts';
import { type AlertTimer, alertTimerEntity, alertTimerPartition, setAlertTimer } from './alert-timer.ts';
import { readOpen, resolveInto } from './clear-alert.ts';
import { moreSevere } from './record-alert.ts';

/** More wait for the next run; the function must end before it. */
const maxTimers = 500;

export async function handler(): Promise<{ done: number; failed: number }> {
  const outcome = { done: 0, failed: 0 };
  const { items } = await openGlobalSession().query<AlertTimer>(alertTimerEntity, {
    pk: alertTimerPartition,
    // Every key of this very moment sorts before its end.
    to: [`${new Date().toISOString()}~`],
    limit: maxTimers,
  });
  for (const timer of items) {
    try {
      await ring(timer);
      await writeMany([deleteStep(openGlobalSession(), alertTimerEntity, timer)]);
      outcome.done += 1;
    } catch (error) {
      outcome.failed += 1;
      logger.error('alert timer not done', { ...timer, error: error as Error });
    }
  }
  publishMetrics();
  return outcome;
}

const work: Record<AlertTimer['kind'], (session: TenantSession, alert: StoredAlert) => Promise<void>> = {
  escalate,
  expire,
  'end-suppression': endSuppression,
};

async function ring({ kind, tenantId, alertId }: AlertTimer): Promise<void> {
  const session = openSession(tenantId);
  for (let round = 1; ; round++) {
    const alert = await session.get(alertEntity, { id: alertId }, { consistent: true });
    if (alert === undefined) return;
    try {
      return await work[kind](session, alert);
    } catch (error) {
      // Somebody changed the alert at the same time: look at what it is now.
      if (!(isAppError(error) && error.code === 'version_conflict') || round === 3) throw error;
    }
  }
}

/** An alert that nobody took on grows one step worse, and says so once. */
async function escalate(session: TenantSession, alert: StoredAlert): Promise<void> {
  if (alert.status !== 'active' || alert.escalatedAt !== undefined) return;
  const severity = moreSevere(alert.severity);
  await session.transact('platform', (unit) => {
    unit.update(alertEntity, alert, { severity, escalatedAt: session.context.now() });
    unit.emit(systemAlertEscalated, {
      aggregateId: alert.id,
      payload: {
        alertId: alert.id,
        alertType: alert.alertType,
        severity,
        title: alert.title,
        sourceSystem: alert.sourceSystem,
        ...(alert.sourceRuleId === undefined ? {} : { sourceRuleId: alert.sourceRuleId }),
        dedupeKey: alert.dedupeKey,
        openSince: alert.createdAt,
      },
    });
  });
}

async function expire(session: TenantSession, alert: StoredAlert): Promise<void> {
  if (alert.status === 'resolved' || alert.endsAt === undefined) return;
  const now = session.context.now();
  const { endsAt } = alert;
  if (endsAt > now) {
    // It was raised again meanwhile.
    const dueAt = endsAt;
    const timer = { kind: 'expire' as const, tenantId: session.tenantId, alertId: alert.id, dueAt };
    return session.transact('platform', (unit) => setAlertTimer(unit, timer));
  }
  const open = await readOpen(session, alert);
  await session.transact('platform', (unit) => {
    resolveInto(unit, alert, open, { resolvedAt: now, resolutionNotes: 'Expired.' });
  });
}

async function endSuppression(session: TenantSession, alert: StoredAlert): Promise<void> {
  if (alert.status !== 'suppressed' || (alert.suppressedUntil ?? '') > session.context.now()) return;
  await session.transact('platform', (unit) => {
    unit.update(alertEntity, alert, { status: 'active', suppressedUntil: null });
  });
}
