/** Routes of accounting periods. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { historyRoute } from '../../../layers/kernel/crud/history.ts';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { label } from '../../../layers/kernel/schema/common.ts';
import { periodId } from '../dates.ts';
import { entryView } from '../journal-entries/schemas.ts';
import { periodSchema, periodStatuses } from './period-entity.ts';

const view = storedSchema(periodSchema);
const params = z.object({ id: periodId() });
const read = 'ledger:periods:read';

export const periods = defineResource({
  name: 'periods',
  base: '/api/core/periods',
  title: 'Periods',
  routes: {
    listPeriods: {
      method: 'GET',
      path: '',
      access: read,
      summary: 'List accounting periods, the newest first.',
      query: z.object({
        status: z.optional(z.enum(periodStatuses)),
        fiscalYear: z.optional(z.coerce.number().check(z.int(), z.gte(1900), z.lte(2199))),
      }),
      response: z.array(view),
    },
    openPeriod: {
      method: 'POST',
      path: '',
      access: 'ledger:periods:write',
      summary: 'Open a period: a month after the last closed one.',
      description:
        'Periods up to the next month also open by themselves with their first posting, unless the settings say otherwise.',
      body: z.object({ id: periodId() }),
      response: view,
      errors: ['already_exists', 'conflict'],
    },
    closeFiscalYear: {
      method: 'POST',
      path: '/year-end',
      access: 'ledger:periods:close',
      summary: 'Post the year-end entry: income and expenses to retained earnings.',
      description:
        'Dated the last day of the fiscal year, whose period must be open. Closes what is left and answers with the entries made: none when nothing is left. ' +
        'Income statements leave these entries out.',
      body: z.object({
        /** The calendar year in which the fiscal year begins. */
        fiscalYear: z.int().check(z.gte(1900), z.lte(2199)),
      }),
      response: z.array(entryView),
      errors: ['conflict', 'unprocessable', 'unavailable'],
      // It may take several transactions, and repeating it finds nothing left.
      idempotent: false,
    },
    getPeriod: {
      method: 'GET',
      path: '/{id}',
      access: read,
      summary: 'Get one period.',
      params,
      response: view,
      errors: ['not_found'],
    },
    checkPeriod: {
      method: 'GET',
      path: '/{id}/checks',
      access: read,
      summary: 'What stands in the way of closing a period.',
      params,
      response: z.object({
        canClose: z.boolean(),
        problems: z.array(
          z.object({
            check: z.string(),
            message: z.string(),
            messageAr: z.string(),
            ids: z.array(z.string()),
            /** What is not reconciled may warn only, by the setting `reconciliationPolicy`. */
            isWarning: z.boolean(),
          }),
        ),
      }),
      errors: ['not_found'],
    },
    closePeriod: {
      method: 'POST',
      path: '/{id}/close',
      access: 'ledger:periods:close',
      summary: 'Close a period after its checks; nothing can be posted to it from then on.',
      params,
      response: view,
      status: 200,
      errors: ['not_found', 'conflict', 'unavailable'],
    },
    reopenPeriod: {
      method: 'POST',
      path: '/{id}/reopen',
      access: 'ledger:periods:reopen',
      summary: 'Open the last closed period again, with a reason.',
      params,
      body: z.object({ reason: label(500) }),
      response: view,
      status: 200,
      errors: ['not_found', 'conflict', 'unavailable'],
    },
    getPeriodHistory: historyRoute(read, 'period', params),
  },
});
