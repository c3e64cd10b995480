/**
 * Posts a batch of events of one tenant. Entries of one journal and period share transactions, since each transaction
 * waits for the one before it; an entry that cannot be posted is kept as a failure and holds up no other.
 */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import type { EventEnvelope } from '../../../layers/kernel/events/envelope.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { periodOf } from '../../../layers/ledger/fiscal-calendar.ts';
import { readAccounts } from '../accounts/read-chart.ts';
import type { Books } from '../books/books-entity.ts';
import { readBooks } from '../books/read-books.ts';
import { failedPostingEntity } from '../failed-postings/failed-posting-entity.ts';
import { keepFailure } from '../failed-postings/keep-failure.ts';
import { entryEntity } from '../journal-entries/entry-entity.ts';
import { type Posting, planPosting } from '../journal-entries/plan-posting.ts';
import { postEntries } from '../journal-entries/post-entries.ts';
import { isContention } from '../journal-entries/race.ts';
import { failureIdOf, makePosting, type Refusal } from '../posting-rules/make-posting.ts';
import type { StoredRule } from '../posting-rules/posting-rule-entity.ts';
import { readRules, ruleContext } from '../posting-rules/rule-context.ts';

interface Job {
  event: EventEnvelope;
  rule: StoredRule;
  posting: Posting;
}

/** Of the hundred steps of a transaction; the rest is for the number and for accounts used for the first time. */
const stepsPerTransaction = 80;

/** @returns ids of events that must come again, because nothing is wrong with them but the moment */
export async function postBatch(session: TenantSession, events: readonly EventEnvelope[]): Promise<Set<string>> {
  const rules = (await readRules(session)).filter(({ isActive }) => isActive);
  const relevant = events.filter(({ type }) => rules.some(({ eventType }) => eventType === type));
  if (relevant.length === 0) return new Set();
  const books = await readBooks(session);
  const context = await ruleContext(session, books);
  const jobs: Job[] = [];
  const seen = new Set<string>();
  for (const event of relevant)
    for (const rule of rules.filter(({ eventType }) => eventType === event.type)) {
      const id = failureIdOf(event, rule.id);
      // Delivered twice in one batch, or dealt with before.
      if (seen.has(id) || (await session.get(failedPostingEntity, { id }, { consistent: true }))) continue;
      seen.add(id);
      const made = makePosting(rule, event, books, context);
      if ('refusal' in made) await keep(session, { event, rule }, made.refusal, context.dateOf(event.occurredAt));
      if ('posting' in made) jobs.push({ event, rule, posting: made.posting });
    }
  const again = new Set<string>();
  for (const group of groupsOf(await keepImpossible(session, await withoutPosted(session, jobs), books)))
    for (const event of await postGroup(session, group)) again.add(event);
  return again;
}

async function withoutPosted(session: TenantSession, jobs: readonly Job[]): Promise<Job[]> {
  const posted = new Set(
    (
      await session.getMany(
        entryEntity,
        jobs.map(({ posting }) => ({ id: posting.id })),
      )
    ).map(({ id }) => id),
  );
  return jobs.filter(({ posting }) => !posted.has(posting.id));
}

/** What does not balance or names accounts that take no lines is kept at once, so that it spoils no transaction. */
async function keepImpossible(session: TenantSession, jobs: readonly Job[], books: Books): Promise<Job[]> {
  const accounts = await readAccounts(
    session,
    jobs.flatMap(({ posting }) => posting.lines.map(({ accountId }) => accountId)),
  );
  const possible: Job[] = [];
  for (const job of jobs) {
    const plan = planPosting(job.posting, accounts, books.baseCurrency);
    if ('planned' in plan) possible.push(job);
    else await keep(session, job, { reason: 'unprocessable', problems: plan.problems }, job.posting.date);
  }
  return possible;
}

function groupsOf(jobs: readonly Job[]): Job[][] {
  const groups: Job[][] = [];
  const open = new Map<string, { group: Job[]; steps: number; rows: Set<string> }>();
  for (const job of jobs) {
    const { journal, date, lines } = job.posting;
    const key = `${journal} ${periodOf(date)}`;
    const rows = lines.map(({ accountId, currency }) => `${accountId} ${currency}`);
    let last = open.get(key);
    const own = lines.length + 2;
    const fresh = (known: ReadonlySet<string>) => new Set(rows.filter((row) => !known.has(row))).size * 2;
    if (last === undefined || last.steps + own + fresh(last.rows) > stepsPerTransaction) {
      last = { group: [], steps: 0, rows: new Set() };
      open.set(key, last);
      groups.push(last.group);
    }
    last.steps += own + fresh(last.rows);
    for (const row of rows) last.rows.add(row);
    last.group.push(job);
  }
  return groups;
}

/** @returns ids of events that must come again */
async function postGroup(session: TenantSession, group: readonly Job[]): Promise<string[]> {
  try {
    await postEntries(
      session,
      group.map(({ posting }) => posting),
    );
    return [];
  } catch (error) {
    if (!isAppError(error)) throw error;
    if (isContention(error)) return group.map(({ event }) => event.id);
    if (group.length > 1) {
      // One of them spoils it for all: alone, each shows what is wrong with it.
      const outcomes: string[] = [];
      for (const job of group) outcomes.push(...(await postGroup(session, [job])));
      return outcomes;
    }
    const [job] = group;
    if (error.code === 'already_exists') return [];
    const texts = error.texts ?? { en: error.message, ar: error.message };
    const reason = error.code === 'conflict' ? 'conflict' : 'unprocessable';
    await keep(session, job!, { reason, problems: [texts] }, job!.posting.date);
    return [];
  }
}

async function keep(
  session: TenantSession,
  { event, rule }: Pick<Job, 'event' | 'rule'>,
  refusal: Refusal,
  date: string,
): Promise<void> {
  logger.warn('event not posted', { eventId: event.id, type: event.type, rule: rule.id, reason: refusal.reason });
  await keepFailure(session, event, rule.id, refusal, date);
}
