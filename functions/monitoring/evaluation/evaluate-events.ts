/** Subscriber `event-rules`: holds every bus event against the pattern rules of its tenant. */
import { openSession } from '../../../layers/kernel/data/session.ts';
import { consumeEvents } from '../../../layers/kernel/events/consume.ts';
import type { EventEnvelope } from '../../../layers/kernel/events/envelope.ts';
import { matchesAnyPattern } from '../../../layers/webhooks/event-pattern.ts';
import { matchesFilter } from '../../../layers/webhooks/payload-filter.ts';
import { systemAlert, systemAlertEscalated } from '../../platform/events.ts';
import { cachedRules } from '../alert-rules/read-rules.ts';
import type { PatternCondition, RuleState, StoredRule } from '../alert-rules/rule-entity.ts';
import { countBusinessEvent } from '../metrics/count-business-events.ts';
import { isCoolingDown, updateState } from './fire-rule.ts';

type PatternRule = StoredRule & { conditionType: 'pattern'; conditionConfig: PatternCondition };

/** Spent events are remembered long enough for deliveries that come again. */
const maxSpent = 100;

export const handler = consumeEvents(async (event) => {
  if (isOwn(event)) return;
  const session = openSession(event.tenantId, { correlationId: event.correlationId, causationId: event.id });
  for (const rule of await cachedRules(session)) {
    if (!isPattern(rule) || !rule.isActive || !matches(rule.conditionConfig, event)) continue;
    const group = rule.conditionConfig.groupBy === 'aggregate' ? `${event.aggregateType}/${event.aggregateId}` : 'all';
    await updateState(session, rule, group, (state) => count(rule, state, event, session.context.now()));
  }
  countBusinessEvent(event.type);
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
