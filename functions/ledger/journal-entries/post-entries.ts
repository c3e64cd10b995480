/**
 * Posts entries: numbers, entries, lines as accounts list them, totals and events in one transaction. This is the only
 * place that writes what balances are made of.
 */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { shardOf } from '../../../layers/kernel/data/sharded-query.ts';
import { maxSteps, type UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { entryReference } from '../../../layers/ledger/journals.ts';
import { additionsOf, mergeAdditions } from '../../../layers/ledger/totals.ts';
import { accountEntity } from '../accounts/account-entity.ts';
import { readAccounts, type StoredAccount } from '../accounts/read-chart.ts';
import { readBooks } from '../books/read-books.ts';
import { journalPosted } from '../events.ts';
import { numberingEntity } from '../periods/period-entity.ts';
import { requireNumbering } from '../periods/require-numbering.ts';
import { refused, refusedFor } from '../refused.ts';
import { accountLineEntity, type Entry, entryEntity } from './entry-entity.ts';
import { type PlannedPosting, type Posting, planPosting } from './plan-posting.ts';
import { raced, whileRacing } from './race.ts';
import { totalsEntity, totalsShards } from './totals-entity.ts';

export type StoredEntry = Entry & Stored;

export interface PostOptions {
  /** The draft that is posted, as it was read; one posting only. */
  draft?: StoredEntry;
  /** Writes more in the same transaction. */
  also?: (unit: UnitOfWork, entries: readonly StoredEntry[]) => void;
}

/**
 * @param postings all of one journal and one period
 * @throws AppError `unprocessable` for what cannot be posted ever, `conflict` for a closed period, `already_exists` for an id that was posted
 */
export function postEntries(
  session: TenantSession,
  postings: readonly Posting[],
  options: PostOptions = {},
): Promise<StoredEntry[]> {
  return whileRacing(() => tryToPost(session, postings, options));
}

/** Posts one entry. */
export async function postEntry(
  session: TenantSession,
  posting: Posting,
  options: PostOptions = {},
): Promise<StoredEntry> {
  const [entry] = await postEntries(session, [posting], options);
  return entry!;
}

async function tryToPost(
  session: TenantSession,
  postings: readonly Posting[],
  { draft, also }: PostOptions,
): Promise<StoredEntry[]> {
  const [books, accounts] = await Promise.all([
    readBooks(session),
    readAccounts(
      session,
      postings.flatMap(({ lines }) => lines.map(({ accountId }) => accountId)),
    ),
  ]);
  const planned = postings.map((posting) => {
    const plan = planPosting(posting, accounts, books.baseCurrency);
    if ('problems' in plan) throw refusedFor('unprocessable', plan.problems);
    return plan.planned;
  });
  const { period, journal } = onlyBook(planned);
  const numbering = await requireNumbering(session, books, period, journal);

  const unit = session.begin('ledger');
  unit.update(
    numberingEntity,
    numbering,
    { last: numbering.last + planned.length },
    { isAudited: false, refused: raced },
  );
  markUsed(unit, accounts);
  const entries = planned.map((posting, position) =>
    writeEntry(unit, session, posting, numbering.last + 1 + position, draft),
  );
  addTotals(unit, planned, books.baseCurrency);
  also?.(unit, entries);
  refuseTooLarge(unit);
  await unit.commit();
  return entries;
}

function onlyBook(planned: readonly PlannedPosting[]): Pick<PlannedPosting, 'period' | 'journal'> {
  const [first] = planned;
  if (first === undefined || planned.some((one) => one.period !== first.period || one.journal !== first.journal))
    throw new Error('Postings of one transaction are of one journal and one period.');
  return first;
}

/** From its first line on an account keeps its type and currency and cannot be deleted; both change this row. */
function markUsed(unit: UnitOfWork, accounts: ReadonlyMap<string, StoredAccount>): void {
  for (const account of accounts.values())
    if (!account.hasLines)
      unit.update(accountEntity, account, { hasLines: true }, { isAudited: false, refused: raced });
}

function writeEntry(
  unit: UnitOfWork,
  session: TenantSession,
  posting: PlannedPosting,
  number: number,
  draft: StoredEntry | undefined,
): StoredEntry {
  const { journal, period, date, id, description, descriptionAr, externalReference } = posting;
  const reference = entryReference(journal, period, number);
  const { allowsInactiveAccounts: _, trace, ...said } = posting;
  const content: Entry = {
    ...said,
    lines: [...posting.lines],
    status: 'posted',
    number,
    reference,
    postedAt: session.context.now(),
    ...(session.context.actor === undefined ? {} : { postedBy: session.context.actor.id }),
  };
  const entry = draft === undefined ? unit.create(entryEntity, content) : unit.update(entryEntity, draft, content);
  posting.lines.forEach((line, position) => {
    unit.put(accountLineEntity, {
      accountId: line.accountId,
      currency: line.currency,
      date,
      entryId: id,
      line: position + 1,
      journal,
      reference,
      description,
      descriptionAr,
      externalReference,
      side: line.side,
      amount: line.amount,
      baseAmount: line.baseAmount,
      memo: line.memo,
      memoAr: line.memoAr,
      dimensions: line.dimensions,
    });
  });
  unit.emit(journalPosted, { aggregateId: id, payload: entry, trace });
  return entry;
}

/** All entries of a transaction use one shard, so that their totals meet in few rows. */
function addTotals(unit: UnitOfWork, planned: readonly PlannedPosting[], baseCurrency: string): void {
  const shard = shardOf(planned[0]!.id, totalsShards);
  const additions = planned.flatMap(({ date, journal, lines }) =>
    additionsOf(date, journal === 'closing' ? 'closing' : 'normal', lines, baseCurrency),
  );
  for (const { numbers, ...key } of mergeAdditions(additions))
    unit.add(totalsEntity, { ...key, shard }, numbers, { ...key, shard });
}

function refuseTooLarge(unit: UnitOfWork): void {
  if (unit.size <= maxSteps) return;
  throw refused(
    'unprocessable',
    `The entry is too large: it changes ${unit.size} rows, and ${maxSteps} can change together. Each line counts once, ` +
      'each account and currency once more. Split it into entries that balance by themselves.',
    `القيد كبير جدًا: يغيّر ${unit.size} صفًا، والحد ${maxSteps} معًا. كل سطر يُحسب مرة، وكل حساب وعملة مرة أخرى. قسّمه إلى قيود متوازنة.`,
  );
}
