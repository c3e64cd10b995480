/** From an event and a rule to a posting whose id follows from the two, so that posting it again is recognised. */

import type { EventEnvelope } from '../../../layers/kernel/events/envelope.ts';
import type { Translated } from '../../../layers/kernel/i18n/locale.ts';
import { derivedId } from '../../../layers/kernel/ids.ts';
import { firstDay, periodOf, shiftPeriod } from '../../../layers/ledger/fiscal-calendar.ts';
import { applyRule, type RuleContext } from '../../../layers/ledger/posting-rule.ts';
import type { Books } from '../books/books-entity.ts';
import type { Posting } from '../journal-entries/plan-posting.ts';
import type { StoredRule } from './posting-rule-entity.ts';

export interface Refusal {
  reason: 'conflict' | 'unprocessable';
  problems: Translated[];
}

export type MadePosting = { posting: Posting } | { refusal: Refusal } | { skipped: Translated };

export function makePosting(rule: StoredRule, event: EventEnvelope, books: Books, context: RuleContext): MadePosting {
  const outcome = applyRule(rule, event, context);
  if ('skipped' in outcome) return outcome;
  if ('problems' in outcome) return { refusal: { reason: 'unprocessable', problems: outcome.problems } };
  const date = openDate(outcome.result.date, books);
  if (date === undefined) return { refusal: { reason: 'conflict', problems: [closed(outcome.result.date)] } };
  const { description, descriptionAr, externalReference, lines } = outcome.result;
  return {
    posting: {
      id: entryIdOf(event, rule.id),
      journal: rule.journal,
      date,
      description,
      descriptionAr,
      externalReference,
      lines,
      source: {
        type: 'event',
        eventId: event.id,
        eventType: event.type,
        ruleId: rule.id,
        aggregateId: event.aggregateId,
      },
      trace: { correlationId: event.correlationId, causationId: event.id },
    },
  };
}

export const entryIdOf = (event: EventEnvelope, ruleId: string): string =>
  derivedId('jrn', timeOf(event), `${event.tenantId} ${event.id} ${ruleId}`);

export const failureIdOf = (event: EventEnvelope, ruleId: string): string =>
  derivedId('fpo', timeOf(event), `${event.tenantId} ${event.id} ${ruleId}`);

/** The date itself, or the first one that is open if the tenant wants that; undefined when it is to be held. */
function openDate(date: string, { closedThrough, closedPeriodPolicy }: Books): string | undefined {
  if (closedThrough === undefined || periodOf(date) > closedThrough) return date;
  return closedPeriodPolicy === 'next_open' ? firstDay(shiftPeriod(closedThrough, 1)) : undefined;
}

const closed = (date: string): Translated => ({
  en: `Period ${periodOf(date)} is closed.`,
  ar: `الفترة ${periodOf(date)} مقفلة.`,
});

const timeOf = ({ occurredAt }: EventEnvelope): number => Math.max(0, Date.parse(occurredAt) || 0);
