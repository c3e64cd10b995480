/** Subscriber `alert-actions`: carries out the actions of the rule that raised an alert, each once for an event. */
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { consumeEvents } from '../../../layers/kernel/events/consume.ts';
import type { EventEnvelope } from '../../../layers/kernel/events/envelope.ts';
import { countMetric, histogramMetric } from '../../../layers/kernel/observability/metrics.ts';
import { maskText } from '../../../layers/monitoring/mask-secrets.ts';
import { isAlertSuppressed } from '../../platform/contract.ts';
import { systemAlert, systemAlertEscalated } from '../../platform/events.ts';
import { requireRule } from '../alert-rules/read-rules.ts';
import type { RuleAction, StoredRule } from '../alert-rules/rule-entity.ts';
import { actionRunEntity, recordRun } from './action-run.ts';
import { type AlertNotice, sendAction } from './send-action.ts';

interface RaisedAlert {
  sourceRuleId?: string | undefined;
  dedupeKey: string;
  alertType: string;
  severity: string;
  title: { en: string; ar: string };
  alertData?: Record<string, unknown> | undefined;
}

export const handler = consumeEvents(async (event) => {
  const isEscalation = event.type === systemAlertEscalated.type;
  const alert: RaisedAlert = (isEscalation ? systemAlertEscalated : systemAlert).payload.parse(event.payload);
  if (alert.sourceRuleId === undefined) return;
  const session = openSession(event.tenantId, { correlationId: event.correlationId, causationId: event.id });
  const rule = await findRule(session, alert.sourceRuleId);
  const actions = (rule?.actions ?? []).filter(
    ({ on }) => on === 'both' || on === (isEscalation ? 'escalate' : 'raise'),
  );
  if (rule === undefined || actions.length === 0) return;
  const isSuppressed = await isAlertSuppressed(session, alert.dedupeKey);
  const notice = noticeOf(event, rule.id, alert);
  const problems: unknown[] = [];
  for (const action of actions)
    await runOnce(session, action, notice, isSuppressed).catch((error: unknown) => problems.push(error));
  // Those that were sent are not sent again when the event comes again.
  if (problems.length > 0) throw new AggregateError(problems, `${problems.length} actions of rule ${rule.id} failed.`);
});

async function runOnce(
  session: TenantSession,
  action: RuleAction,
  notice: AlertNotice,
  isSuppressed: boolean,
): Promise<void> {
  const key = { ruleId: notice.ruleId, eventId: notice.eventId, actionId: action.id };
  const before = await session.get(actionRunEntity, key, { consistent: true });
  if (before !== undefined && before.status !== 'failed') return;
  const record = (status: 'sent' | 'failed' | 'suppressed', errorMessage: string | null = null) =>
    recordRun(session, { ...key, type: action.type, status, errorMessage, at: session.context.now() });
  if (isSuppressed) return record('suppressed');
  const startedMs = performance.now();
  try {
    await sendAction(action, notice);
  } catch (error) {
    countMetric('AlertActionsFailed', 1, { way: action.type });
    await record('failed', maskText((error as Error).message).slice(0, 500));
    throw error;
  }
  histogramMetric('AlertActionDuration', performance.now() - startedMs, 'milliseconds', { way: action.type });
  await record('sent');
}

async function findRule(session: TenantSession, id: string): Promise<StoredRule | undefined> {
  try {
    return await requireRule(session, id);
  } catch (error) {
    // Deleted since.
    if (isAppError(error) && error.code === 'not_found') return undefined;
    throw error;
  }
}

function noticeOf(event: EventEnvelope, ruleId: string, alert: RaisedAlert): AlertNotice {
  const { description, ...data } = alert.alertData ?? {};
  return {
    tenantId: event.tenantId,
    eventId: event.id,
    eventType: event.type,
    ruleId,
    alertType: alert.alertType,
    severity: alert.severity,
    title: alert.title,
    description: description as AlertNotice['description'],
    occurredAt: event.occurredAt,
    data,
  };
}
