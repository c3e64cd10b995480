/**
 * Whose a line of a bank is: by an account number in its text (its check digit spares the look-up of other numbers), by an
 * invoice number, or by an open invoice of the same amount whose customer's name is in the text. Two possible owners are none.
 */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { queryShards } from '../../../layers/kernel/data/sharded-query.ts';
import type { StatementLine } from '../../../layers/ledger/bank-statements/statement.ts';
import { checkDigit } from '../customers/account-number.ts';
import { accountNumberEntity, customerEntity } from '../customers/customer-entity.ts';
import { amountOf } from '../invoices/invoice-amounts.ts';
import { invoiceEntity, isOpen, openPartitions, type StoredInvoice } from '../invoices/invoice-entity.ts';
import { listOfCustomer } from '../invoices/list-of-customer.ts';
import type { BankLine } from './bank-schema.ts';

export interface Recognised {
  customerId: string;
  invoiceIds?: string[];
  matchedBy: NonNullable<BankLine['matchedBy']>;
}

/** What is kept of an open invoice: twenty thousand whole ones would not fit into the function's memory. */
type OpenInvoice = Pick<StoredInvoice, 'id' | 'customerId'>;

export type OpenByAmount = () => Promise<ReadonlyMap<string, OpenInvoice[]>>;

/** Beyond so many open invoices names are left to people: reading them all for a page of lines would cost too much. */
const maxOpenInvoices = 20_000;
const maxCandidates = 40;

/** @returns undefined when nobody or more than one may be meant */
export async function recogniseCustomer(
  session: TenantSession,
  line: Pick<StatementLine, 'minor' | 'reference' | 'description'>,
  currency: string,
  openByAmount: OpenByAmount,
): Promise<Recognised | undefined> {
  const text = `${line.reference ?? ''} ${line.description ?? ''}`;
  const tokens = tokensOf(text, line.reference);
  const numbers = [...new Set(tokens.flatMap(prefixesOf))].filter(mayBeAccount).slice(0, maxCandidates);
  const accounts = await session.getMany(
    accountNumberEntity,
    numbers.map((accountNumber) => ({ accountNumber })),
  );
  const owners = [...new Set(accounts.map(({ customerId }) => customerId))];
  if (owners.length === 1) {
    const customerId = owners[0]!;
    const invoice = await invoiceNamed(session, customerId, tokens);
    return invoice === undefined || invoice.currency !== currency || !isOpen(invoice)
      ? { customerId, matchedBy: invoice === undefined ? 'account_number' : 'invoice_number' }
      : { customerId, invoiceIds: [invoice.id], matchedBy: 'invoice_number' };
  }
  return owners.length > 1 ? undefined : byAmountAndName(session, text, line.minor, currency, openByAmount);
}

/** Words that may be a number; digits that a bank wrote in groups are also put together. */
function tokensOf(text: string, reference: string | undefined): string[] {
  const words = text.match(/[A-Za-z0-9][A-Za-z0-9._-]{4,63}/g) ?? [];
  const grouped = (text.match(/\d(?:[ ]?\d){9,25}/g) ?? []).map((digits) => digits.replaceAll(' ', ''));
  return [...new Set([...(reference === undefined ? [] : [reference.trim()]), ...words, ...grouped])].slice(0, 20);
}

/** An invoice's number begins with the account's: `1000234505-20260430-R1`. */
function prefixesOf(token: string): string[] {
  const parts = token.split('-');
  return parts.map((_, i) => parts.slice(0, i + 1).join('-'));
}

/** Ten digits are an account number of ours when the last one fits; others are what a utility chose itself. */
const mayBeAccount = (number: string): boolean =>
  number.length > 0 &&
  number.length <= 64 &&
  (!/^\d{10}$/.test(number) || checkDigit(number.slice(0, 9)) === Number(number[9]));

async function invoiceNamed(
  session: TenantSession,
  customerId: string,
  tokens: readonly string[],
): Promise<StoredInvoice | undefined> {
  if (!tokens.some((token) => token.includes('-'))) return undefined;
  const { items } = await listOfCustomer(session, customerId, { limit: 50 });
  return items.find(({ invoiceNumber }) => tokens.includes(invoiceNumber));
}

async function byAmountAndName(
  session: TenantSession,
  text: string,
  minor: bigint,
  currency: string,
  openByAmount: OpenByAmount,
): Promise<Recognised | undefined> {
  const open = (await openByAmount()).get(`${amountOf(minor, currency)} ${currency}`) ?? [];
  if (open.length === 0 || open.length > 100) return undefined;
  const customers = await session.getMany(
    customerEntity,
    [...new Set(open.map(({ customerId }) => customerId))].map((id) => ({ id })),
  );
  const words = new Set(wordsOf(text));
  const named = customers.filter(({ name, nameAr = '' }) =>
    [name, nameAr].some((one) => {
      const own = wordsOf(one);
      return own.length >= 2 && own.every((word) => words.has(word));
    }),
  );
  const invoices = open.filter(({ customerId }) => named.some(({ id }) => id === customerId));
  const [only] = invoices;
  return only !== undefined && invoices.length === 1
    ? { customerId: only.customerId, invoiceIds: [only.id], matchedBy: 'amount_and_name' }
    : undefined;
}

/** Arabic letters that are written either way are one, and marks are left out. */
const wordsOf = (text: string): string[] =>
  (
    text
      .normalize('NFKD')
      .toLowerCase()
      .replace(/[\u0300-\u036f\u064b-\u065f\u0640]/g, '')
      .replace(/[أإآ]/g, 'ا')
      .replace(/ى/g, 'ي')
      .replace(/ة/g, 'ه')
      .match(/[\p{L}\p{N}]{2,}/gu) ?? []
  ).filter((word) => word !== 'ال');

/** Reads the open invoices when they are first asked for. */
export function openInvoices(session: TenantSession): OpenByAmount {
  let loading: ReturnType<OpenByAmount> | undefined;
  const load: OpenByAmount = async () => {
    const byAmount = new Map<string, OpenInvoice[]>();
    let count = 0;
    let cursor: string | undefined;
    do {
      const page = await queryShards(session, invoiceEntity, {
        index: 'gsi2',
        partitions: openPartitions,
        sortKeyOf: ({ dueDate, id }) => [dueDate, id],
        limit: 200,
        cursor,
      });
      for (const { id, customerId, dueAmount, currency } of page.items) {
        const key = `${dueAmount} ${currency}`;
        const alike = byAmount.get(key);
        if (alike === undefined) byAmount.set(key, [{ id, customerId }]);
        else alike.push({ id, customerId });
      }
      count += page.items.length;
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined && count < maxOpenInvoices);
    return cursor === undefined ? byAmount : new Map<string, OpenInvoice[]>();
  };
  return () => {
    loading ??= load();
    return loading;
  };
}
