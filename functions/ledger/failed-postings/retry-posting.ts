/** Posts a kept event with the rule, the accounts and the periods as they are now; or lays it aside. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { type AppError, isAppError } from '../../../layers/kernel/errors/app-error.ts';
import type { EventEnvelope } from '../../../layers/kernel/events/envelope.ts';
import { readBooks } from '../books/read-books.ts';
import { postEntry } from '../journal-entries/post-entries.ts';
import { isContention } from '../journal-entries/race.ts';
import { entryIdOf, makePosting } from '../posting-rules/make-posting.ts';
import { postingRuleEntity } from '../posting-rules/posting-rule-entity.ts';
import { ruleContext } from '../posting-rules/rule-context.ts';
import { refused, refusedFor } from '../refused.ts';
import { type FailedPosting, failedPostingEntity } from './failed-posting-entity.ts';

type StoredFailure = FailedPosting & Stored;

/** @throws AppError why it cannot be posted now; the failure keeps the newest reason */
export async function retryPosting(session: TenantSession, id: string): Promise<StoredFailure> {
  const failure = await requireOpen(session, id);
  const event = JSON.parse(failure.event) as EventEnvelope;
  try {
    return await post(session, failure, event);
  } catch (error) {
    if (!isAppError(error) || isContention(error)) throw error;
    if (error.code === 'already_exists')
      return settle(session, failure, { status: 'posted', entryId: entryIdOf(event, failure.ruleId) });
    // A person changed or posted it meanwhile: there is nothing to note.
    if (error.code !== 'version_conflict') await noteFailure(session, failure, error);
    throw error;
  }
}

export async function discardFailure(session: TenantSession, id: string, reason: string): Promise<StoredFailure> {
  return settle(session, await requireOpen(session, id), { status: 'discarded', discardReason: reason });
}

async function post(session: TenantSession, failure: StoredFailure, event: EventEnvelope): Promise<StoredFailure> {
  const rule = await session.get(postingRuleEntity, { id: failure.ruleId }, { consistent: true });
  if (rule === undefined)
    throw refused(
      'conflict',
      `There is no posting rule "${failure.ruleId}" any more.`,
      `لم تعد قاعدة الترحيل "${failure.ruleId}" موجودة.`,
    );
  const books = await readBooks(session);
  const made = makePosting(rule, event, books, await ruleContext(session, books));
  if ('skipped' in made)
    throw refused(
      'conflict',
      `The rule posts nothing for this event: ${made.skipped.en}.`,
      `القاعدة لا ترحّل شيئًا لهذا الحدث: ${made.skipped.ar}.`,
    );
  if ('refusal' in made) throw refusedFor(made.refusal.reason, made.refusal.problems);
  let settled: StoredFailure | undefined;
  await postEntry(session, made.posting, {
    also: (unit, [entry]) => {
      settled = unit.update(failedPostingEntity, failure, {
        status: 'posted',
        entryId: entry!.id,
        attempts: failure.attempts + 1,
      });
    },
  });
  return settled!;
}

const settle = (session: TenantSession, failure: StoredFailure, changes: Partial<FailedPosting>) =>
  session.transact('ledger', (unit) => unit.update(failedPostingEntity, failure, changes));

async function noteFailure(session: TenantSession, failure: StoredFailure, error: AppError): Promise<void> {
  await settle(session, failure, {
    reason: error.code,
    message: error.message,
    messageAr: error.texts?.ar ?? error.message,
    attempts: failure.attempts + 1,
  });
}

async function requireOpen(session: TenantSession, id: string): Promise<StoredFailure> {
  const failure = await session.require(failedPostingEntity, { id });
  if (failure.status !== 'open') throw refused('conflict', `It is ${failure.status} already.`, 'تمت معالجته من قبل.');
  return failure;
}
