/** What clients send about reconciliation, and what they get. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { fieldMessage } from '../../../layers/kernel/i18n/field-message.ts';
import { decimal, externalId, generatedId, label } from '../../../layers/kernel/schema/common.ts';
import { statementFormats } from '../../../layers/ledger/bank-statements/statement.ts';
import { strategies } from '../../../layers/ledger/matching/open-line.ts';
import { currency, exchangeRate } from '../../../layers/money/money-schema.ts';
import { date } from '../dates.ts';
import { externalLineSchema, matchSchema } from './match-entity.ts';
import { sessionSchema, sessionStatuses } from './session-entity.ts';

/** Ids of statement lines carry their day as a time since 1970. */
const sessionDate = () =>
  date().check(z.refine((day: string) => day >= '2000-01-01', fieldMessage('Not before 2000.', 'ليس قبل سنة 2000.')));

export const sessionView = storedSchema(sessionSchema);
export const externalLineView = externalLineSchema;
export const matchView = matchSchema;
export const sessionId = () => generatedId('rec');
export const sessionParams = z.object({ id: sessionId() });

export const listSessionsQuery = z.object({
  status: z.optional(z.enum(sessionStatuses)),
  accountId: z.optional(externalId()),
});

export const openSessionBody = z.object({
  accountId: externalId(),
  /** @default the account's, or the base currency */
  currency: z.optional(currency()),
  /** @default the day after the last session, or the first day of the month of `to` */
  from: z.optional(sessionDate()),
  to: sessionDate(),
  description: z.optional(label(500)),
  /** Of the statement, signed; files that carry them fill them in. */
  openingBalance: z.optional(decimal()),
  closingBalance: z.optional(decimal()),
});

export const updateSessionBody = z.partial(
  z.object({ description: label(500), openingBalance: decimal(), closingBalance: decimal() }),
);

export const importBody = z.object({
  /** `camt053` is ISO 20022, `jsonl` an object on each line. */
  format: z.enum(statementFormats),
  /** The file as text. */
  content: z.string().check(z.minLength(1), z.maxLength(1_000_000)),
});

export const importView = z.object({
  /** Lines of the file. */
  read: z.int(),
  imported: z.int(),
  /** Lines that were there before. */
  duplicates: z.int(),
});

export const ledgerLineView = z.object({
  /** Names the line in a match. */
  id: z.string(),
  date: date(),
  entryId: z.string(),
  line: z.int(),
  reference: z.string(),
  externalReference: z.optional(z.string()),
  description: z.string(),
  descriptionAr: z.optional(z.string()),
  memo: z.optional(z.string()),
  /** Signed: debits are positive. */
  amount: z.string(),
  ageDays: z.int(),
  /** Left open by an earlier session. */
  isCarried: z.boolean(),
});

const side = <const S extends z.ZodMiniType>(line: S) =>
  z.object({ count: z.int(), sum: z.string(), lines: z.array(line) });

export const basketView = z.object({
  sessionId: z.string(),
  accountId: z.string(),
  currency: z.string(),
  from: date(),
  to: date(),
  status: z.enum(sessionStatuses),
  ledger: side(ledgerLineView),
  statement: side(externalLineView),
  /** What automatic matching would do now. */
  proposals: z.array(
    z.object({ strategy: z.enum(strategies), ledgerLines: z.array(z.string()), externalLines: z.array(z.string()) }),
  ),
  /** For a person to decide. */
  suggestions: z.array(
    z.object({
      ledgerLine: z.string(),
      externalLine: z.string(),
      because: z.enum(['reference', 'amount']),
      /** Statement minus ledger. */
      difference: z.string(),
    }),
  ),
});

const lineIds = () => z.optional(z.array(z.string().check(z.maxLength(120))).check(z.maxLength(85)));

export const matchBody = z
  .object({
    sessionId: sessionId(),
    mode: z._default(z.enum(['automatic', 'manual']), 'automatic'),
    /** Automatic: ways to use. @default all */
    strategies: z.optional(z.array(z.enum(strategies)).check(z.minLength(1))),
    /** Automatic: days between lines of equal amount. @default 3 */
    dateWindowDays: z.optional(z.int().check(z.gte(0), z.lte(31))),
    /** Automatic: lines that may add up to one without naming a document. @default 6 */
    maxGroupLines: z.optional(z.int().check(z.gte(2), z.lte(10))),
    /** Manual: ids from the basket. */
    ledgerLines: lineIds(),
    externalLines: lineIds(),
    reason: z.optional(label(500)),
    /** Manual: where to book what the two sides differ by. */
    difference: z.optional(
      z.object({
        /** @default the account with the role `suspense` */
        accountId: z.optional(externalId()),
        /** @default the day of the latest statement line */
        date: z.optional(date()),
        /** Base currency units for one unit of a foreign account's currency. */
        rate: z.optional(exchangeRate()),
      }),
    ),
  })
  .check(
    z.refine(
      ({ mode, ledgerLines, externalLines, difference, reason }) =>
        mode === 'manual'
          ? reason !== undefined
          : [ledgerLines, externalLines, difference].every((one) => one === undefined),
      fieldMessage(
        'A manual match needs a reason; lines and differences are for manual matches only.',
        'تحتاج المطابقة اليدوية إلى سبب؛ والسطور والفروق للمطابقة اليدوية فقط.',
      ),
    ),
  );

export const matchResult = z.object({ matched: z.int(), matches: z.array(matchView) });

export const unmatchBody = z.object({ sessionId: sessionId(), matchId: generatedId('mat'), reason: label(500) });

export const checksView = z.object({
  canClose: z.boolean(),
  /** Ledger lines a closing would carry to the next session. */
  openLedgerLines: z.int(),
  openStatementLines: z.int(),
  ledgerBalance: z.string(),
  openLedger: z.string(),
  openStatement: z.string(),
  statementBalance: z.optional(z.string()),
  /** What no open line explains. */
  unexplained: z.optional(z.string()),
  problems: z.array(
    z.object({ check: z.string(), message: z.string(), messageAr: z.string(), isAcceptable: z.boolean() }),
  ),
});
