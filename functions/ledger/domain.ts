/** Manifest of the ledger domain: chart of accounts, journal, periods, reports, and posting of what other domains publish. */
import { defineDomain } from '../../layers/kernel/domain/manifest.ts';
import { accounts } from './accounts/routes.ts';
import { books } from './books/routes.ts';
import { ledgerEvents } from './events.ts';
import { failedPostings } from './failed-postings/routes.ts';
import { intermediateAccounts } from './intermediate-accounts/routes.ts';
import { journalEntries } from './journal-entries/routes.ts';
import { periods } from './periods/routes.ts';
import { postedEventPatterns } from './posting-rules/posting-rule-entity.ts';
import { postingRules } from './posting-rules/routes.ts';
import { reconciliation } from './reconciliation/routes.ts';
import { reports } from './reports/routes.ts';
import { settlements } from './settlements/routes.ts';

const folder = 'functions/ledger';
const tables = { ledger: 'readWrite', identity: 'read', limits: 'write' } as const;

export const ledger = defineDomain({
  name: 'ledger',
  tables: { ledger: { indexes: ['gsi1', 'gsi2'], outbox: true } },
  events: ledgerEvents,
  resources: [
    { resource: accounts, entry: `${folder}/accounts/handler.ts`, access: { tables } },
    { resource: journalEntries, entry: `${folder}/journal-entries/handler.ts`, access: { tables } },
    { resource: periods, entry: `${folder}/periods/handler.ts`, access: { tables }, timeoutSeconds: 29 },
    { resource: books, entry: `${folder}/books/handler.ts`, access: { tables } },
    { resource: postingRules, entry: `${folder}/posting-rules/handler.ts`, access: { tables } },
    { resource: failedPostings, entry: `${folder}/failed-postings/handler.ts`, access: { tables } },
    {
      resource: reports,
      entry: `${folder}/reports/handler.ts`,
      // Reads the totals of every account.
      memoryMb: 512,
      timeoutSeconds: 29,
      access: { tables },
    },
    {
      resource: reconciliation,
      entry: `${folder}/reconciliation/handler.ts`,
      // Matches whole statements.
      memoryMb: 1024,
      timeoutSeconds: 29,
      access: { tables },
    },
    { resource: settlements, entry: `${folder}/settlements/handler.ts`, access: { tables }, timeoutSeconds: 29 },
    {
      resource: intermediateAccounts,
      entry: `${folder}/intermediate-accounts/handler.ts`,
      memoryMb: 512,
      timeoutSeconds: 29,
      access: { tables },
    },
  ],
  subscribers: [
    {
      name: 'post-events',
      entry: `${folder}/subscribers/post-events.ts`,
      events: postedEventPatterns,
      // Entries of one journal are numbered one after the other: few instances with large batches are fastest.
      batchSize: 100,
      batchWindowSeconds: 1,
      maxConcurrency: 2,
      memoryMb: 512,
      access: { tables: { ledger: 'readWrite', identity: 'read' } },
    },
  ],
});
