/** Lists alerts and takes them through their states. */
import { equals } from '../../../layers/kernel/data/expressions.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import type { Locale } from '../../../layers/kernel/i18n/locale.ts';
import { alertEntity, alertsOfStatus, alertsPartition, type StoredAlert } from './alert-entity.ts';
import { setAlertTimer } from './alert-timer.ts';
import { readOpen, resolveInto } from './clear-alert.ts';
import type { AlertRoutes, AlertView } from './routes.ts';

const longestSuppressionMs = 30 * 86_400_000;

export const alertOperations: Operations<AlertRoutes> = {
  listAlerts: async ({ session, query, page, locale }) => {
    const { status, ...equal } = query;
    const filter = equals(equal);
    const { items, nextCursor } = await session.query<StoredAlert>(alertEntity, {
      index: status === undefined ? 'gsi1' : 'gsi2',
      pk: status === undefined ? alertsPartition : alertsOfStatus(status),
      order: 'descending',
      limit: page.limit,
      cursor: page.cursor,
      filter,
    });
    return { data: items.map((alert) => view(alert, locale)), pagination: { limit: page.limit, nextCursor } };
  },

  getAlert: async ({ session, params, locale }) => ({ data: view(await session.require(alertEntity, params), locale) }),

  acknowledgeAlert: async ({ session, params, principal, locale }) => {
    const before = await session.require(alertEntity, params);
    if (before.status !== 'active')
      throw new AppError('conflict', `The alert is ${before.status}; only an active one can be acknowledged.`);
    const after = await session.transact('platform', (unit) =>
      unit.update(alertEntity, before, {
        status: 'acknowledged',
        acknowledgedAt: session.context.now(),
        acknowledgedBy: principal.subject,
      }),
    );
    return { data: view(after, locale) };
  },

  suppressAlert: async ({ session, params, body, principal, locale }) => {
    const before = await session.require(alertEntity, params);
    if (before.status === 'resolved') throw new AppError('conflict', 'The alert is resolved already.');
    const aheadMs = Date.parse(body.until) - Date.parse(session.context.now());
    if (aheadMs <= 0 || aheadMs > longestSuppressionMs)
      throw new AppError('unprocessable', undefined, {
        texts: {
          en: '"until" must lie in the future, at most 30 days ahead.',
          ar: 'يجب أن يكون "until" في المستقبل وخلال 30 يومًا على الأكثر.',
        },
      });
    const after = await session.transact('platform', (unit) => {
      setAlertTimer(unit, {
        kind: 'end-suppression',
        tenantId: session.tenantId,
        alertId: before.id,
        dueAt: body.until,
      });
      return unit.update(alertEntity, before, {
        status: 'suppressed',
        suppressedUntil: body.until,
        suppressedBy: principal.subject,
      });
    });
    return { data: view(after, locale) };
  },

  resolveAlert: async ({ session, params, body, principal, locale }) => {
    const before = await session.require(alertEntity, params);
    if (before.status === 'resolved') throw new AppError('conflict', 'The alert is resolved already.');
    const open = await readOpen(session, before);
    const after = await session.transact('platform', (unit) =>
      resolveInto(unit, before, open, {
        resolvedAt: session.context.now(),
        resolvedBy: principal.subject,
        ...(body?.resolutionNotes === undefined ? {} : { resolutionNotes: body.resolutionNotes }),
      }),
    );
    return { data: view(after, locale) };
  },
};

function view(alert: StoredAlert, locale: Locale): AlertView {
  return {
    id: alert.id,
    alertType: alert.alertType,
    severity: alert.severity,
    title: alert.title[locale],
    titles: alert.title,
    description: alert.description ?? null,
    sourceSystem: alert.sourceSystem,
    sourceRuleId: alert.sourceRuleId ?? null,
    alertData: alert.alertData ?? null,
    status: alert.status,
    occurrences: alert.occurrences,
    lastSeenAt: alert.lastSeenAt,
    acknowledgedAt: alert.acknowledgedAt ?? null,
    acknowledgedBy: alert.acknowledgedBy ?? null,
    resolvedAt: alert.resolvedAt ?? null,
    resolvedBy: alert.resolvedBy ?? null,
    resolutionNotes: alert.resolutionNotes ?? null,
    suppressedUntil: alert.suppressedUntil ?? null,
    suppressedBy: alert.suppressedBy ?? null,
    escalatedAt: alert.escalatedAt ?? null,
    createdAt: alert.createdAt,
    expiresAt: alert.endsAt ?? null,
    version: alert.version,
  };
}
