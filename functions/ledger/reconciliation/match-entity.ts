/** Lines of statements, matches, and the marks that keep a ledger line from being matched twice. */
import * as z from 'zod/mini';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import { utcTime } from '../../../layers/kernel/schema/common.ts';
import { strategies } from '../../../layers/ledger/matching/open-line.ts';
import { date } from '../dates.ts';

export const externalLineSchema = z.object({
  id: z.string(),
  accountId: z.string(),
  currency: z.string(),
  /** The session it was imported in. */
  sessionId: z.string(),
  date: date(),
  /** Signed: money in is positive. */
  amount: z.string(),
  reference: z.optional(z.string()),
  description: z.optional(z.string()),
  /** The bank's own id of the transaction. */
  bankId: z.optional(z.string()),
  status: z.enum(['open', 'matched']),
  matchId: z.optional(z.string()),
});

export type ExternalLine = z.infer<typeof externalLineSchema>;

export const externalLineEntity = defineEntity<
  ExternalLine,
  Pick<ExternalLine, 'accountId' | 'currency' | 'date' | 'id'>
>()({
  name: 'statement line',
  table: 'ledger',
  key: ({ accountId, currency, date: day, id }) => ({ pk: ['EXTERNAL', accountId, currency], sk: [day, id] }),
  idOf: ({ id }) => id,
});

const matchStrategies = [...strategies, 'manual', 'settlement'] as const;

const matchedLine = z.object({ id: z.string(), date: date(), amount: z.string() });

export const matchSchema = z.object({
  id: z.string(),
  /** The session, or the settlement, it belongs to. */
  sessionId: z.string(),
  accountId: z.string(),
  currency: z.string(),
  strategy: z.enum(matchStrategies),
  /** Amounts are signed: debits of the account are positive. */
  ledgerLines: z.array(matchedLine),
  externalLines: z.array(matchedLine),
  /** Statement minus ledger, where it was booked. */
  difference: z.optional(z.string()),
  differenceEntryId: z.optional(z.string()),
  reason: z.optional(z.string()),
  matchedAt: utcTime(),
  matchedBy: z.string(),
});

export type Match = z.infer<typeof matchSchema>;

export const matchEntity = defineEntity<Match, Pick<Match, 'sessionId' | 'id'>>()({
  name: 'reconciliation match',
  table: 'ledger',
  key: ({ sessionId, id }) => ({ pk: ['MATCHES', sessionId], sk: [id] }),
  idOf: ({ id }) => id,
});

export interface LineKey {
  accountId: string;
  currency: string;
  date: string;
  entryId: string;
  line: number;
}

const placeOf = ({ date: day, entryId, line }: Pick<LineKey, 'date' | 'entryId' | 'line'>) => [
  day,
  entryId,
  String(line).padStart(4, '0'),
];

/** A ledger line that is matched; it can be written once. */
export const matchedLineEntity = defineEntity<LineKey & { matchId: string }, LineKey>()({
  name: 'matched line',
  table: 'ledger',
  key: (line) => ({ pk: ['MATCHED', line.accountId, line.currency], sk: placeOf(line) }),
  idOf: ({ entryId, line }) => `${entryId} ${line}`,
});

/** A ledger line of reconciled days that was open when they were closed: a cheque nobody cashed yet. */
export const carriedLineEntity = defineEntity<LineKey, LineKey>()({
  name: 'carried line',
  table: 'ledger',
  key: (line) => ({ pk: ['CARRIED', line.accountId, line.currency], sk: placeOf(line) }),
  idOf: ({ entryId, line }) => `${entryId} ${line}`,
});
