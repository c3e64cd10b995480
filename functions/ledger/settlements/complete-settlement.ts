/**
 * Books a payout: the net amount to the bank, the fee to charges, the gross amount off the intermediate account; and matches
 * it with the collections it pays out. All of it in one transaction, once for each number of the provider.
 */
import type * as z from 'zod/mini';
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { derivedId, newId } from '../../../layers/kernel/ids.ts';
import { matchLines } from '../../../layers/ledger/matching/match-lines.ts';
import { sumOfLines } from '../../../layers/ledger/matching/open-line.ts';
import { fromMinorUnits, toMinorUnits } from '../../../layers/money/money.ts';
import { accountEntity } from '../accounts/account-entity.ts';
import { readBooks } from '../books/read-books.ts';
import { settlementCompleted } from '../events.ts';
import { postEntry, type StoredEntry } from '../journal-entries/post-entries.ts';
import { raced, whileRacing } from '../journal-entries/race.ts';
import { readLedgerLines } from '../reconciliation/match-manually.ts';
import { type LedgerLine, ledgerOpenLine, readOpenLines, toLedgerLine } from '../reconciliation/read-open-lines.ts';
import { isAlreadyMatched, recordMatch } from '../reconciliation/record-match.ts';
import { refused } from '../refused.ts';
import { type Settlement, settlementEntity } from './settlement-entity.ts';
import type { newSettlement } from './settlement-schema.ts';

type Asked = z.infer<typeof newSettlement>;

/** Days between collections and their payout. */
const payoutWindowDays = 7;

/** Lines that are matched beside an entry, in one transaction and within the limit of what can be taken back. */
const maxLines = 35;

export function completeSettlement(session: TenantSession, asked: Asked): Promise<Settlement & Stored> {
  return whileRacing(() =>
    tryToSettle(session, asked).catch((error: unknown) => {
      // Another payout took one of the lines; there may be others, unless they were named.
      throw asked.lineIds === undefined && isAlreadyMatched(error) ? raced() : error;
    }),
  );
}

async function tryToSettle(session: TenantSession, asked: Asked): Promise<Settlement & Stored> {
  const { provider, reference, date } = asked;
  const id = derivedId('set', 0, JSON.stringify([session.tenantId, provider, reference]));
  if (await session.get(settlementEntity, { id }, { consistent: true }))
    throw refused(
      'already_exists',
      `Payout ${reference} of ${provider} is settled already.`,
      `الدفعة ${reference} من ${provider} مسوّاة من قبل.`,
    );
  const { roles, baseCurrency } = await readBooks(session);
  const accountId = asked.accountId ?? roleOf(roles, 'gateway-clearing');
  const account = await session.require(accountEntity, { id: accountId });
  if (!account.isIntermediate)
    throw refused(
      'unprocessable',
      `Account "${accountId}" is no intermediate account.`,
      `الحساب "${accountId}" ليس وسيطًا.`,
    );
  const currency = asked.currency ?? account.currency ?? baseCurrency;
  const gross = minorOf(asked.grossAmount, currency);
  const fee = minorOf(asked.feeAmount, currency);
  if (gross <= 0n || fee > gross)
    throw refused('unprocessable', 'The fee is at most the gross amount.', 'الرسوم لا تزيد على المبلغ الإجمالي.');
  const net = gross - fee;
  const bankAccountId = asked.bankAccountId ?? roleOf(roles, 'bank');
  const feeAccountId = asked.feeAccountId ?? roleOf(roles, 'bank-charges');
  const collections = await collectionsOf(session, asked, { accountId, currency, gross });

  const money = (minor: bigint) => ({
    amount: fromMinorUnits(minor, currency),
    currency,
    ...(asked.rate === undefined || currency === baseCurrency ? {} : { rate: asked.rate }),
  });
  let settlement: (Settlement & Stored) | undefined;
  await postEntry(
    session,
    {
      id: newId('jrn'),
      journal: 'receipts',
      date,
      description: asked.description ?? `Payout ${reference} of ${provider}`,
      descriptionAr: `سداد ${reference} من ${provider}`,
      externalReference: reference,
      lines: [
        { accountId, side: 'credit' as const, ...money(gross) },
        ...(net > 0n ? [{ accountId: bankAccountId, side: 'debit' as const, ...money(net) }] : []),
        ...(fee > 0n ? [{ accountId: feeAccountId, side: 'debit' as const, ...money(fee) }] : []),
      ],
      source: { type: 'reconciliation', aggregateId: id },
    },
    {
      also: (unit, [entry]) => {
        if (collections.length > 0)
          recordMatch(unit, session, {
            id: newId('mat'),
            sessionId: id,
            accountId,
            currency,
            strategy: 'settlement',
            ledger: [...collections, ownLine(entry!, currency)],
            external: [],
          });
        settlement = unit.create(settlementEntity, {
          id,
          provider,
          reference,
          accountId,
          bankAccountId,
          feeAccountId,
          date,
          currency,
          grossAmount: fromMinorUnits(gross, currency),
          feeAmount: fromMinorUnits(fee, currency),
          netAmount: fromMinorUnits(net, currency),
          entryId: entry!.id,
          entryReference: entry!.reference!,
          matchedLines: collections.length,
          description: asked.description,
          completedAt: session.context.now(),
          completedBy: session.context.actor?.id ?? 'system',
        });
        unit.emit(settlementCompleted, { aggregateId: id, payload: settlement });
      },
    },
  );
  return settlement!;
}

/** The lines a payout pays: those that are named, or those that surely add up to it. */
async function collectionsOf(
  session: TenantSession,
  { lineIds, date, reference }: Asked,
  { accountId, currency, gross }: { accountId: string; currency: string; gross: bigint },
): Promise<LedgerLine[]> {
  if (lineIds !== undefined) {
    const lines = await readLedgerLines(session, { accountId, currency, to: date }, [...new Set(lineIds)]);
    const sum = sumOfLines(lines);
    if (sum !== gross)
      throw refused(
        'unprocessable',
        `The lines sum to ${fromMinorUnits(sum, currency)}, not to the gross amount.`,
        `مجموع السطور ${fromMinorUnits(sum, currency)} ولا يساوي المبلغ الإجمالي.`,
      );
    return lines;
  }
  const { lines, isComplete } = await readOpenLines(session, { accountId, currency }, date);
  if (!isComplete) return [];
  const payout = { id: 'payout', minor: gross, date, references: [reference] };
  const [group] = matchLines(lines.map(ledgerOpenLine), [payout], {
    strategies: ['reference', 'amount_date', 'many_to_one'],
    dateWindowDays: payoutWindowDays,
  });
  const chosen = lines.filter(({ id }) => group?.ledger.includes(id));
  return chosen.length > maxLines ? [] : chosen;
}

function ownLine({ id, date, journal, reference, description, lines }: StoredEntry, currency: string): LedgerLine {
  const [line] = lines;
  const said = { date, journal, description, entryId: id, line: 1, reference: reference! };
  return toLedgerLine({ ...line!, ...said, currency, baseAmount: line!.baseAmount! }, false);
}

function roleOf(roles: Readonly<Record<string, string>>, role: string): string {
  const account = roles[role];
  if (account === undefined)
    throw refused('unprocessable', `No account has the role "${role}".`, `لا يوجد حساب للدور "${role}".`);
  return account;
}

function minorOf(amount: string, currency: string): bigint {
  try {
    return toMinorUnits(amount, currency);
  } catch {
    throw refused(
      'unprocessable',
      `"${amount}" is no amount in ${currency}.`,
      `"${amount}" ليس مبلغًا بعملة ${currency}.`,
    );
  }
}
