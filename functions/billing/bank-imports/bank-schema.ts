/** Files of banks: the account they are of, the import, and each line with what became of it. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { externalId, generatedId, label, utcTime } from '../../../layers/kernel/schema/common.ts';
import { statementFormats } from '../../../layers/ledger/bank-statements/statement.ts';
import { currency } from '../../../layers/money/money-schema.ts';
import { suspenseReasons } from './suspense-reasons.ts';

/** More than any bank puts into a request; larger files are uploaded. */
const maxContentLength = 1_000_000;
export const maxFileBytes = 50 * 1024 * 1024;
export const maxLines = 100_000;

const heading = () => z.optional(label(60));

const csvFormSchema = z.object({
  /** The bank's headings, where they are not the usual ones. */
  columns: z.optional(
    z.object({
      date: heading(),
      amount: heading(),
      debit: heading(),
      credit: heading(),
      reference: heading(),
      description: heading(),
      id: heading(),
    }),
  ),
  /** @default YYYY-MM-DD */
  dateFormat: z.optional(z.enum(['YYYY-MM-DD', 'DD/MM/YYYY', 'MM/DD/YYYY'])),
  /** The sign before decimals; the other one parts thousands. @default "." */
  decimalSign: z.optional(z.enum(['.', ','])),
});

export const bankAccountSchema = z.object({
  name: label(),
  currency: currency(),
  /** What its files are unless an import says otherwise. */
  format: z.enum(statementFormats),
  csv: z.optional(csvFormSchema),
});
export const storedBankAccountSchema = storedSchema(z.extend(bankAccountSchema, { code: z.string() }));

export const newImportSchema = z
  .object({
    /** Code of the bank account. */
    bankAccount: externalId(),
    /** @default the account's */
    format: z.optional(z.enum(statementFormats)),
    fileName: z.optional(label(200)),
    /** The file itself, up to a million characters. */
    content: z.optional(z.string().check(z.minLength(1), z.maxLength(maxContentLength))),
    /** Of a larger file: its exact size. The answer says where to send it, and `start` begins reading it. */
    sizeBytes: z.optional(z.int().check(z.minimum(1), z.maximum(maxFileBytes))),
  })
  .check(z.refine(({ content, sizeBytes }) => (content === undefined) !== (sizeBytes === undefined)));

/** `matched`: a payment; `returned`: took a payment back; `suspense` waits for a person; `outgoing`: no customer's money. */
export const lineStatuses = ['matched', 'suspense', 'returned', 'outgoing', 'dismissed'] as const;
const importStatuses = ['waiting', 'reading', 'completed', 'failed'] as const;

const bankImportSchema = z.object({
  id: z.string(),
  bankAccount: z.string(),
  format: z.enum(statementFormats),
  fileName: z.optional(z.string()),
  status: z.enum(importStatuses),
  /** Lines read so far, and all of them. */
  position: z.int(),
  lines: z.optional(z.int()),
  matched: z.int(),
  suspense: z.int(),
  returned: z.int(),
  outgoing: z.int(),
  /** Lines that an earlier file, or this one, had already. */
  duplicates: z.int(),
  /** How often some of the lines that are next could not be taken; the third time those wait for a person. */
  failedAttempts: z.optional(z.int()),
  /** Why it failed: nothing of a file with a wrong line is taken. */
  problems: z.optional(z.array(z.object({ position: z.int(), en: z.string(), ar: z.string() }))),
});

const words = z.object({ en: z.string(), ar: z.string() });

const bankLineSchema = z.object({
  id: z.string(),
  importId: z.string(),
  bankAccount: z.string(),
  position: z.int(),
  bankId: z.optional(z.string()),
  date: z.string(),
  /** Money in above zero. */
  amount: z.string(),
  currency: z.string(),
  reference: z.optional(z.string()),
  description: z.optional(z.string()),
  status: z.enum(lineStatuses),
  /** What it was recognised by. */
  matchedBy: z.optional(z.enum(['account_number', 'invoice_number', 'amount_and_name', 'entered_before', 'person'])),
  paymentId: z.optional(z.string()),
  customerId: z.optional(z.string()),
  assignedBy: z.optional(z.string()),
  assignedAt: z.optional(utcTime()),
  /** Why it waits for a person, or waited before it was dismissed. */
  reason: z.optional(z.enum(suspenseReasons)),
  /** The reason in words; only in answers. */
  reasonText: z.optional(words),
  /** What refused it, in words. */
  reasonDetail: z.optional(words),
  /** Code of the error, for support; the log holds the rest under the line’s id. */
  errorCode: z.optional(z.string()),
  /** Why a person dismissed it. */
  outcome: z.optional(z.string()),
});

export const assignLineSchema = z.object({
  customerId: generatedId('cus'),
  invoiceIds: z.optional(z.array(generatedId('inv')).check(z.minLength(1), z.maxLength(20))),
});

export const uploadSchema = z.object({
  method: z.literal('PUT'),
  url: z.string(),
  headers: z.record(z.string(), z.string()),
  expiresIn: z.int(),
});

export const storedImportSchema = storedSchema(bankImportSchema);
export const storedLineSchema = storedSchema(bankLineSchema);
export type BankAccount = z.infer<typeof bankAccountSchema> & { code: string };
export type BankImport = z.infer<typeof bankImportSchema>;
export type BankLine = z.infer<typeof bankLineSchema>;
export type NewImport = z.infer<typeof newImportSchema>;
