/** What can be done with bank accounts, files and lines. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { equals } from '../../../layers/kernel/data/expressions.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { bankAccountEntity, bankImportEntity, bankLineEntity, type StoredLine } from './bank-entities.ts';
import type { BankAccount, BankImport } from './bank-schema.ts';
import { assignLine, dismissLine } from './decide-line.ts';
import type { bankImports } from './routes.ts';
import { newImport, startImport } from './start-import.ts';
import { withWords } from './suspense-reasons.ts';

export const bankImportOperations: Operations<typeof bankImports.routes> = {
  listBankImports: async ({ session, page }) => {
    const { items, nextCursor } = await session.query<BankImport & Stored>(bankImportEntity, {
      index: 'gsi1',
      pk: ['BANK-IMPORTS'],
      order: 'descending',
      ...page,
    });
    return { data: items, pagination: { limit: page.limit, nextCursor } };
  },
  importBankFile: async ({ session, body }) => ({ data: await newImport(session, body) }),
  listBankAccounts: async ({ session, page }) => {
    const { items, nextCursor } = await session.query<BankAccount & Stored>(bankAccountEntity, {
      pk: ['BANK-ACCOUNTS'],
      ...page,
    });
    return { data: items, pagination: { limit: page.limit, nextCursor } };
  },
  putBankAccount: async ({ session, params: { code }, body }) => {
    const before = await session.get(bankAccountEntity, { code }, { consistent: true });
    if (before !== undefined && before.currency !== body.currency)
      throw new AppError('conflict', undefined, {
        texts: {
          en: 'An account keeps its currency: describe another one.',
          ar: 'لا تتغير عملة الحساب: عرّف حسابًا آخر.',
        },
      });
    const data = await session.transact('billing', (unit) =>
      before === undefined
        ? unit.create(bankAccountEntity, { code, ...body })
        : unit.update(bankAccountEntity, before, body),
    );
    return { data };
  },
  listSuspense: async ({ session, page }) => {
    const { items, nextCursor } = await session.query<StoredLine>(bankLineEntity, {
      index: 'gsi1',
      pk: ['BANK-SUSPENSE'],
      ...page,
    });
    return { data: items.map(withWords), pagination: { limit: page.limit, nextCursor } };
  },
  assignBankLine: async ({ session, params, body, principal }) => ({
    data: withWords(await assignLine(session, params.id, body, principal.subject)),
  }),
  dismissBankLine: async ({ session, params, body, principal }) => ({
    data: withWords(await dismissLine(session, params.id, body.reason, principal.subject)),
  }),
  getBankImport: async ({ session, params }) => ({ data: await session.require(bankImportEntity, params) }),
  startBankImport: async ({ session, params }) => ({ data: await startImport(session, params.id) }),
  listBankLines: async ({ session, params, query: { status }, page }) => {
    await session.require(bankImportEntity, params);
    const { items, nextCursor } = await session.query<StoredLine>(bankLineEntity, {
      index: 'gsi2',
      pk: ['IMPORT-LINES', params.id],
      filter: equals({ status }),
      ...page,
    });
    return { data: items.map(withWords), pagination: { limit: page.limit, nextCursor } };
  },
};
