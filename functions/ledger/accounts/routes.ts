/** Routes of the chart of accounts. */
import * as z from 'zod/mini';
import { historyRoute } from '../../../layers/kernel/crud/history.ts';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import {
  accountParams,
  accountView,
  balanceQuery,
  balanceView,
  chartLoadedView,
  createAccountBody,
  listAccountsQuery,
  transactionsQuery,
  transactionsView,
  treeQuery,
  treeView,
  updateAccountBody,
} from './schemas.ts';

const read = 'ledger:accounts:read';
const write = 'ledger:accounts:write';

export const accounts = defineResource({
  name: 'accounts',
  base: '/api/core/accounts',
  title: 'Accounts',
  routes: {
    listAccounts: {
      method: 'GET',
      path: '',
      access: read,
      summary: 'List accounts by code.',
      query: listAccountsQuery,
      response: z.array(accountView),
      paginated: true,
    },
    getAccountTree: {
      method: 'GET',
      path: '/tree',
      access: read,
      summary: 'The chart of accounts as a tree.',
      query: treeQuery,
      response: z.array(treeView),
    },
    loadStandardChart: {
      method: 'POST',
      path: '/load-standard-chart',
      access: write,
      summary: 'Load the standard chart of an electricity utility.',
      description:
        'Adds the accounts that are missing and the roles that name no account yet; what is there stays as it is, so it can be repeated.',
      response: chartLoadedView,
      status: 200,
      errors: ['conflict'],
      // Repeating it changes nothing, and it takes several transactions.
      idempotent: false,
    },
    getAccount: {
      method: 'GET',
      path: '/{id}',
      access: read,
      summary: 'Get one account.',
      params: accountParams,
      response: accountView,
      errors: ['not_found'],
    },
    createAccount: {
      method: 'POST',
      path: '',
      access: write,
      summary: 'Create an account; its code is its id and does not change.',
      body: createAccountBody,
      response: accountView,
      errors: ['already_exists', 'unprocessable', 'conflict'],
    },
    updateAccount: {
      method: 'PUT',
      path: '/{id}',
      access: write,
      summary: 'Change an account; fields left out stay as they are, `null` removes one.',
      description: 'Type, currency and normal side are fixed from the first line on.',
      params: accountParams,
      body: updateAccountBody,
      response: accountView,
      errors: ['not_found', 'unprocessable', 'conflict', 'version_conflict'],
    },
    deleteAccount: {
      method: 'DELETE',
      path: '/{id}',
      access: write,
      summary: 'Delete an account that has no lines, no accounts below it and no role.',
      params: accountParams,
      errors: ['not_found', 'conflict', 'version_conflict'],
    },
    getAccountBalance: {
      method: 'GET',
      path: '/{id}/balance',
      access: read,
      summary: 'The balance of an account at any date, with what moved it; of a group, of everything below it.',
      params: accountParams,
      query: balanceQuery,
      response: balanceView,
      errors: ['not_found', 'unprocessable'],
    },
    listAccountTransactions: {
      method: 'GET',
      path: '/{id}/transactions',
      access: read,
      summary: 'The lines of an account by date, each with the balance after it.',
      description: 'Opening, turnover and closing belong to the whole span of dates, not to the page.',
      params: accountParams,
      query: transactionsQuery,
      response: transactionsView,
      errors: ['not_found', 'unprocessable', 'invalid_cursor'],
    },
    getAccountHistory: historyRoute(read, 'account', accountParams),
  },
});
