/** Keeps an event that could not be posted, once for each rule, and says so. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import type { EventEnvelope } from '../../../layers/kernel/events/envelope.ts';
import { periodOf } from '../../../layers/ledger/fiscal-calendar.ts';
import { postingFailed } from '../events.ts';
import { failureIdOf, type Refusal } from '../posting-rules/make-posting.ts';
import { failedPostingEntity } from './failed-posting-entity.ts';

export async function keepFailure(
  session: TenantSession,
  event: EventEnvelope,
  ruleId: string,
  { reason, problems }: Refusal,
  date: string,
): Promise<void> {
  const id = failureIdOf(event, ruleId);
  const message = problems.map(({ en }) => en).join(' ');
  try {
    await session.transact('ledger', (unit) => {
      unit.create(failedPostingEntity, {
        id,
        ruleId,
        eventId: event.id,
        eventType: event.type,
        aggregateId: event.aggregateId,
        occurredAt: event.occurredAt,
        period: periodOf(date),
        status: 'open',
        reason,
        message,
        messageAr: problems.map(({ ar }) => ar).join(' '),
        attempts: 1,
        event: JSON.stringify(event),
      });
      unit.emit(postingFailed, {
        aggregateId: id,
        payload: { id, ruleId, eventId: event.id, eventType: event.type, reason, message },
        trace: { correlationId: event.correlationId, causationId: event.id },
      });
    });
  } catch (error) {
    // The event came again: it is kept already, or was dealt with since.
    if (!isAppError(error) || error.code !== 'already_exists') throw error;
  }
}
