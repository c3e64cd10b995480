/** Routes of financial reports. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { defineResource, type Route } from '../../../layers/kernel/http/route.ts';
import { generatedId } from '../../../layers/kernel/schema/common.ts';
import { accountTypes } from '../../../layers/ledger/account-types.ts';
import { date } from '../dates.ts';
import { keptReportSchema, reportTypes } from './report-schema.ts';

const access = 'ledger:reports:read';
const kept = storedSchema(keptReportSchema);

const format = z._default(z.enum(['json', 'csv']), 'json');

const spanQuery = z.object({
  /** @default the first day of the fiscal year of `to` */
  from: z.optional(date()),
  /** @default today, where the tenant is */
  to: z.optional(date()),
  format,
});

const title = z.object({ en: z.string(), ar: z.string() });

const balances = {
  openingDebit: z.string(),
  openingCredit: z.string(),
  debit: z.string(),
  credit: z.string(),
  closingDebit: z.string(),
  closingCredit: z.string(),
};

const section = z.object({
  title,
  rows: z.array(
    z.object({
      accountId: z.string(),
      name: z.string(),
      nameAr: z.string(),
      /** 0 for the uppermost accounts. */
      depth: z.int(),
      /** Whether the amount is the sum of accounts below, which have rows of their own. */
      isGroup: z.boolean(),
      amount: z.string(),
    }),
  ),
  total: z.string(),
});

const asCsv = 'With `format=csv` the answer is a CSV table, its headings in the language of `Accept-Language`.';

const report = <const R extends Pick<Route, 'path' | 'summary' | 'query' | 'response'>>(route: R) =>
  ({ ...route, method: 'GET', access, description: asCsv, errors: ['unprocessable', 'conflict'] }) as const;

export const reports = defineResource({
  name: 'finance-reports',
  base: '/api/finance/reports',
  title: 'Financial reports',
  routes: {
    listFinanceReportTypes: {
      method: 'GET',
      path: '/types',
      access,
      summary: 'List the financial reports there can be.',
      response: z.array(z.object({ id: z.string(), title, path: z.string(), parameters: z.array(z.string()) })),
    },
    listFinanceReports: {
      method: 'GET',
      path: '',
      access,
      summary: 'List the reports that were kept, the newest first.',
      response: z.array(kept),
      paginated: true,
    },
    generateFinanceReport: {
      method: 'POST',
      path: '',
      access: 'ledger:reports:write',
      summary: 'Make a report and keep it as it is now.',
      body: z.object({
        type: z.enum(reportTypes),
        /** Not for balance sheets. @default the first day of the fiscal year of `to` */
        from: z.optional(date()),
        /** @default today, where the tenant is */
        to: z.optional(date()),
      }),
      response: kept,
      errors: ['unprocessable', 'conflict'],
    },
    getFinanceReport: {
      method: 'GET',
      path: '/{id}',
      access,
      summary: 'Get a report that was kept, as it was then.',
      params: z.object({ id: generatedId('frp') }),
      response: z.extend(kept, { statement: z.record(z.string(), z.unknown()) }),
      errors: ['not_found'],
    },
    getTrialBalance: report({
      path: '/trial-balance',
      summary: 'Trial balance: opening, turnover and closing of every account, in the base currency.',
      query: spanQuery,
      response: z.object({
        title,
        from: date(),
        to: date(),
        currency: z.string(),
        rows: z.array(
          z.object({
            accountId: z.string(),
            name: z.string(),
            nameAr: z.string(),
            type: z.enum(accountTypes),
            ...balances,
          }),
        ),
        totals: z.object(balances),
        isBalanced: z.boolean(),
      }),
    }),
    getIncomeStatement: report({
      path: '/income-statement',
      summary: 'Income statement: income, expenses and result between two dates, year-end entries left out.',
      query: spanQuery,
      response: z.object({
        title,
        from: date(),
        to: date(),
        currency: z.string(),
        income: section,
        expenses: section,
        /** Profit when positive. */
        result: z.string(),
      }),
    }),
    getBalanceSheet: report({
      path: '/balance-sheet',
      summary: 'Balance sheet: assets, liabilities and equity at the end of a day.',
      query: z.object({
        /** @default today, where the tenant is */
        date: z.optional(date()),
        format,
      }),
      response: z.object({
        title,
        date: date(),
        currency: z.string(),
        assets: section,
        liabilities: section,
        equity: section,
        /** Result of the fiscal year that no year-end entry has moved to equity yet. */
        currentResult: z.string(),
        /** The same of earlier years. */
        earlierResult: z.string(),
        totalAssets: z.string(),
        totalLiabilitiesAndEquity: z.string(),
        isBalanced: z.boolean(),
      }),
    }),
  },
});
