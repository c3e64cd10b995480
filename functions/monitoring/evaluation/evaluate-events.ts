/** Subscriber `event-rules`: holds every bus event against the pattern rules of its tenant, and counts those of the business. */
import { openSession } from '../../../layers/kernel/data/session.ts';
import { consumeEventBatch, type ReceivedEvent } from '../../../layers/kernel/events/consume.ts';
import type { EventEnvelope } from '../../../layers/kernel/events/envelope.ts';
import { summaryMetric } from '../../../layers/kernel/observability/metrics.ts';
import { handleEach } from '../../../layers/kernel/queues/consume-batch.ts';
import { matchesAnyPattern } from '../../../layers/webhooks/event-pattern.ts';
import { matchesFilter } from '../../../layers/webhooks/payload-filter.ts';
import { systemAlert, systemAlertEscalated } from '../../platform/events.ts';
import { cachedRules } from '../alert-rules/read-rules.ts';
import type { PatternCondition, RuleState, StoredRule } from '../alert-rules/rule-entity.ts';
import { countBusinessEvents, countForInstallation } from '../business-metrics/count-business-events.ts';
import { isCoolingDown, updateState } from './fire-rule.ts';

type PatternRule = StoredRule & { conditionType: 'pattern'; conditionConfig: PatternCondition };

/** Spent events are remembered long enough for deliveries that come again. */
const maxSpent = 100;

export const handler = consumeEventBatch(async (received) => {
  const failed = new Set(await handleEach(received, ({ envelope }) => evaluate(envelope), describe));
  const done = received.filter(({ envelope, messageId }) => !failed.has(messageId) && !isOwn(envelope));
  summaryMetric(
    'EventLag',
    done.map(({ envelope }) => Math.max(0, Date.now() - Date.parse(envelope.occurredAt))),
    'milliseconds',
  );
  const tenants = [...Map.groupBy(done, ({ envelope }) => envelope.tenantId)].map(([tenantId, own]) => ({
    tenantId,
    own,
    messageId: own[0]!.messageId,
  }));
  const uncounted = await handleEach(
    tenants,
    async ({ tenantId, own }) => {
      // One that comes twice at once is one.
      const events = [...new Map(own.map(({ envelope }) => [envelope.id, envelope])).values()];
      await countBusinessEvents(openSession(tenantId), events);
      countForInstallation(events);
    },
    ({ tenantId }) => ({ tenantId }),
  );
  // Rules take an event that comes again for the one it was.
  const again = tenants.filter(({ messageId }) => uncounted.includes(messageId)).flatMap(({ own }) => own);
  return [...failed, ...again.map(({ messageId }) => messageId)];
});

async function evaluate(event: EventEnvelope): Promise<void> {
  if (isOwn(event)) return;
  const session = openSession(event.tenantId, { correlationId: event.correlationId, causationId: event.id });
  for (const rule of await cachedRules(session)) {
    if (!isPattern(rule) || !rule.isActive || !matches(rule.conditionConfig, event)) continue;
    const group = rule.conditionConfig.groupBy === 'aggregate' ? `${event.aggregateType}/${event.aggregateId}` : 'all';
    await updateState(session, rule, group, (state) => count(rule, state, event, session.context.now()));
  }
}

const describe = ({ envelope: { id, type, tenantId, correlationId } }: ReceivedEvent) => ({
  eventId: id,
  type,
  tenantId,
  correlationId,
});

/** What rules raise, rules do not look at: two of them could raise each other for ever. */
function isOwn({ type, payload }: EventEnvelope): boolean {
  if (type === systemAlertEscalated.type) return true;
  return type === systemAlert.type && (payload as { sourceRuleId?: unknown }).sourceRuleId !== undefined;
}

const isPattern = (rule: StoredRule): rule is PatternRule => rule.conditionType === 'pattern';

const matches = ({ eventTypes, filter }: PatternCondition, { type, payload }: EventEnvelope): boolean =>
  matchesAnyPattern(eventTypes, type) && (filter === undefined || matchesFilter(filter, payload));

function count(rule: PatternRule, state: RuleState, event: EventEnvelope, now: string) {
  const { windowMinutes, count: needed } = rule.conditionConfig;
  if (state.spentEventIds.includes(event.id) || state.hits.some(({ eventId }) => eventId === event.id))
    return undefined;
  const since = new Date(Date.parse(now) - windowMinutes * 60_000).toISOString();
  const hits = [...state.hits, { eventId: event.id, at: now }].filter(({ at }) => at > since).slice(-needed);
  if (hits.length < needed || isCoolingDown(state, rule, now)) return { state: { ...state, hits } };
  const { aggregateType, aggregateId, type: eventType } = event;
  const spentEventIds = [...state.spentEventIds, ...hits.map(({ eventId }) => eventId)].slice(-maxSpent);
  return {
    state: { ...state, hits: [], spentEventIds, lastFiredAt: now },
    finding: {
      values: { eventType, aggregateType, aggregateId, count: String(needed) },
      data: { eventType, aggregateType, aggregateId, eventIds: hits.map(({ eventId }) => eventId) },
    },
  };
}
