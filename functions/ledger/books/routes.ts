/** Routes of the ledger's settings. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { historyRoute } from '../../../layers/kernel/crud/history.ts';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { booksSchema } from './books-entity.ts';

const view = storedSchema(booksSchema);
const settings = z.omit(booksSchema, { closedThrough: true, hasPeriods: true });
const { params: _, ...history } = historyRoute('ledger:settings:read', 'ledger setting', z.object({ id: z.string() }));

export const books = defineResource({
  name: 'ledger-settings',
  base: '/api/core/ledger-settings',
  title: 'Ledger settings',
  routes: {
    getLedgerSettings: {
      method: 'GET',
      path: '',
      access: 'ledger:settings:read',
      summary: 'Settings of the ledger: base currency, fiscal year, roles of accounts.',
      response: view,
    },
    updateLedgerSettings: {
      method: 'PUT',
      path: '',
      access: 'ledger:settings:write',
      summary: 'Change settings; fields left out stay as they are, and `roles` replaces all roles.',
      description: 'Base currency and the month a fiscal year begins with are fixed once a period was opened.',
      body: z.partial(settings),
      response: view,
      errors: ['conflict', 'unprocessable', 'version_conflict'],
    },
    getLedgerSettingsHistory: { ...history, path: '/history', errors: [] },
  },
});
