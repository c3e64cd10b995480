/**
 * Whose a line of a bank is: by an account number in its text, by numbers of invoices, or by an open invoice of the same amount
 * whose customer's name is in the text. Two possible owners are none.
 */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { StatementLine } from '../../../layers/ledger/bank-statements/statement.ts';
import { customerEntity } from '../customers/customer-entity.ts';
import type { Customer } from '../customers/customer-schema.ts';
import { amountOf } from '../invoices/invoice-amounts.ts';
import { invoiceEntity, isOpen } from '../invoices/invoice-entity.ts';
import { openByNumbers } from '../invoices/open-of-customer.ts';
import type { BankLine } from './bank-schema.ts';
import { accountNumbersIn, isNamedIn, numbersIn } from './line-text.ts';
import type { LookedUp } from './look-up-lines.ts';
import { amountKey, type OpenByAmount } from './open-by-amount.ts';

export interface Recognised {
  customer: Customer & Stored;
  invoiceIds?: string[];
  matchedBy: NonNullable<BankLine['matchedBy']>;
}

type Line = Pick<StatementLine, 'minor' | 'reference' | 'description'>;

/** Customers whose account numbers are in the line's text. */
export function ownersOf(line: Line, { customers }: Pick<LookedUp, 'customers'>): (Customer & Stored)[] {
  const found = accountNumbersIn(line).flatMap((number) => customers.get(number) ?? []);
  return [...new Map(found.map((customer) => [customer.id, customer])).values()];
}

/** @returns undefined when nobody or more than one may be meant */
export async function recogniseCustomer(
  session: TenantSession,
  line: Line,
  currency: string,
  known: Pick<LookedUp, 'customers'>,
  openByAmount: OpenByAmount,
): Promise<Recognised | undefined> {
  const [customer, ...others] = ownersOf(line, known);
  if (others.length > 0) return undefined;
  if (customer === undefined) return byAmountAndName(session, line, currency, openByAmount);
  const numbers = numbersIn(line).filter((number) => number.includes('-'));
  const invoiceIds = numbers.length === 0 ? [] : await openByNumbers(session, customer.id, currency, numbers);
  return invoiceIds.length === 0
    ? { customer, matchedBy: 'account_number' }
    : { customer, invoiceIds, matchedBy: 'invoice_number' };
}

async function byAmountAndName(
  session: TenantSession,
  line: Line,
  currency: string,
  openByAmount: OpenByAmount,
): Promise<Recognised | undefined> {
  const key = amountKey({ dueAmount: amountOf(line.minor, currency), currency });
  const open = (await openByAmount()).get(key) ?? [];
  if (open.length === 0 || open.length > 100) return undefined;
  const customers = await session.getMany(
    customerEntity,
    [...new Set(open.map(({ customerId }) => customerId))].map((id) => ({ id })),
  );
  const named = new Map(
    customers.filter(({ name, nameAr }) => isNamedIn(line, [name, nameAr])).map((one) => [one.id, one]),
  );
  const invoices = open.filter(({ customerId }) => named.has(customerId));
  const [only] = invoices;
  if (only === undefined || invoices.length > 1) return undefined;
  // It was open when the message began, and may have been paid since, by a line before this one.
  const invoice = await session.require(invoiceEntity, { id: only.id });
  return isOpen(invoice) && amountKey(invoice) === key
    ? { customer: named.get(only.customerId)!, invoiceIds: [only.id], matchedBy: 'amount_and_name' }
    : undefined;
}
