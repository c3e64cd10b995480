/** How bank accounts, imports and lines are stored. A line's id follows from the bank's own, so a line is one row however often it is imported. */
import { createHash } from 'node:crypto';
import { defineEntity, type Stored } from '../../../layers/kernel/data/entity.ts';
import type { StatementLine } from '../../../layers/ledger/bank-statements/statement.ts';
import type { BankAccount, BankImport, BankLine } from './bank-schema.ts';

export const bankAccountEntity = defineEntity<BankAccount, { code: string }>()({
  name: 'bank account',
  table: 'billing',
  key: ({ code }) => ({ pk: ['BANK-ACCOUNTS'], sk: [code] }),
  idOf: ({ code }) => code,
});

export const bankImportEntity = defineEntity<BankImport>()({
  name: 'bank import',
  table: 'billing',
  key: ({ id }) => ({ pk: ['BANK-IMPORT', id], sk: ['IMPORT'] }),
  indexes: { gsi1: ({ id }) => ({ pk: ['BANK-IMPORTS'], sk: [id] }) },
  idOf: ({ id }) => id,
});

export const bankLineEntity = defineEntity<BankLine>()({
  name: 'bank line',
  table: 'billing',
  key: ({ id }) => ({ pk: ['BANK-LINE', id], sk: ['BANK-LINE'] }),
  indexes: {
    gsi1: ({ status, date, id }) => (status === 'suspense' ? { pk: ['BANK-SUSPENSE'], sk: [date, id] } : undefined),
    gsi2: ({ importId, position, id }) => ({
      pk: ['IMPORT-LINES', importId],
      sk: [String(position).padStart(8, '0'), id],
    }),
  },
  idOf: ({ id }) => id,
});

export type StoredLine = BankLine & Stored;

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** 26 digits of base 32 out of a hash, as other ids look. */
function lineId(parts: readonly unknown[]): string {
  const bytes = createHash('sha256').update(JSON.stringify(parts)).digest();
  return `bln_${Array.from(bytes.subarray(0, 26), (byte) => alphabet[byte & 31]).join('')}`;
}

/**
 * Ids of a file's lines, in their order. With the bank's own id a line is that one wherever it comes again; without one,
 * lines that are alike in everything are counted, since a customer may well pay the same twice on a day.
 */
export function lineIds(bankAccount: string, lines: readonly StatementLine[]): string[] {
  const alike = new Map<string, number>();
  return lines.map(({ bankId, date, minor, reference, description }) => {
    if (bankId !== undefined) return lineId([bankAccount, bankId, date, String(minor)]);
    const parts = [bankAccount, '', date, String(minor), reference ?? '', description ?? ''];
    const key = JSON.stringify(parts);
    const nth = (alike.get(key) ?? 0) + 1;
    alike.set(key, nth);
    return lineId([...parts, nth]);
  });
}
