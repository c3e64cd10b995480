/** Routes of bank accounts, files and lines. */
import * as z from 'zod/mini';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { externalId, generatedId, label } from '../../../layers/kernel/schema/common.ts';
import {
  assignLineSchema,
  bankAccountSchema,
  lineStatuses,
  newImportSchema,
  storedBankAccountSchema,
  storedImportSchema,
  storedLineSchema,
  uploadSchema,
} from './bank-schema.ts';

const params = z.object({ id: generatedId('bim') });
const lineParams = z.object({ id: z.string().check(z.regex(/^bln_[0-9A-HJKMNP-TV-Z]{26}$/)) });
const read = 'billing:bank-imports:read';
const write = 'billing:bank-imports:write';

export const bankImports = defineResource({
  name: 'bank-imports',
  base: '/api/billing/bank-imports',
  title: 'Bank files',
  routes: {
    listBankImports: {
      method: 'GET',
      path: '',
      access: read,
      summary: 'List imports of bank files, the newest first.',
      response: z.array(storedImportSchema),
      paginated: true,
    },
    importBankFile: {
      method: 'POST',
      path: '',
      access: write,
      summary: 'Import a file of a bank: CSV, MT940 or camt.053.',
      description:
        'Small files come in `content`; for larger ones say `sizeBytes`, send the file as `upload` says, and start the import. Money whose customer is recognised by an account number, an invoice number, or by amount and name becomes a payment; the rest waits in suspense. A line is taken once by the bank’s own id, however often it is imported. Nothing of a file with a wrong line is taken.',
      body: newImportSchema,
      response: z.extend(storedImportSchema, { upload: z.optional(uploadSchema) }),
      errors: ['not_found'],
    },
    listBankAccounts: {
      method: 'GET',
      path: '/accounts',
      access: read,
      summary: 'List bank accounts and how their files are written.',
      response: z.array(storedBankAccountSchema),
      paginated: true,
    },
    putBankAccount: {
      method: 'PUT',
      path: '/accounts/{code}',
      access: write,
      summary: 'Describe a bank account: its currency, and how its files are written.',
      params: z.object({ code: externalId() }),
      body: bankAccountSchema,
      response: storedBankAccountSchema,
      errors: ['version_conflict', 'conflict'],
    },
    listSuspense: {
      method: 'GET',
      path: '/suspense',
      access: read,
      summary: 'Lines whose customer a person must find, the oldest first.',
      response: z.array(storedLineSchema),
      paginated: true,
    },
    assignBankLine: {
      method: 'POST',
      path: '/lines/{id}/assign',
      access: write,
      summary: 'Say whose money a line in suspense is: it becomes a payment.',
      params: lineParams,
      body: assignLineSchema,
      status: 200,
      response: storedLineSchema,
      errors: ['not_found', 'conflict', 'unprocessable'],
    },
    dismissBankLine: {
      method: 'POST',
      path: '/lines/{id}/dismiss',
      access: write,
      summary: 'Say that a line in suspense is no customer’s money.',
      params: lineParams,
      body: z.object({ reason: label(500) }),
      status: 200,
      response: storedLineSchema,
      errors: ['not_found', 'conflict'],
    },
    getBankImport: {
      method: 'GET',
      path: '/{id}',
      access: read,
      summary: 'How far an import is, what it found, and what is wrong with its file.',
      params,
      response: storedImportSchema,
      errors: ['not_found'],
    },
    startBankImport: {
      method: 'POST',
      path: '/{id}/start',
      access: write,
      summary: 'Read a file that was uploaded, or go on where reading stopped.',
      params,
      status: 200,
      response: storedImportSchema,
      errors: ['not_found', 'conflict', 'version_conflict'],
    },
    listBankLines: {
      method: 'GET',
      path: '/{id}/lines',
      access: read,
      summary: 'List the lines of an import with what became of each, or those of which the same became.',
      params,
      query: z.object({ status: z.optional(z.enum(lineStatuses)) }),
      response: z.array(storedLineSchema),
      paginated: true,
      errors: ['not_found'],
    },
  },
});
