/**
 * What lines of a bank's file name, asked of the store for a page of them at once instead of for each: customers by the account
 * numbers in their texts, and payments that have their numbers already. What was written since shows when a line's own
 * transaction is refused.
 */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { StatementLine } from '../../../layers/ledger/bank-statements/statement.ts';
import { accountNumberEntity, customerEntity } from '../customers/customer-entity.ts';
import type { Customer } from '../customers/customer-schema.ts';
import { type PaymentsByNumber, paymentsByNumber } from './line-numbers.ts';
import { accountNumbersIn, type LineText } from './line-text.ts';

export interface LookedUp {
  payments: PaymentsByNumber;
  /** Customers by account number. */
  customers: ReadonlyMap<string, Customer & Stored>;
}

export async function lookUpLines(
  session: TenantSession,
  lines: readonly (LineText & Pick<StatementLine, 'bankId'>)[],
): Promise<LookedUp> {
  const [payments, customers] = await Promise.all([
    paymentsByNumber(session, lines),
    customersByNumber(session, [...new Set(lines.flatMap(accountNumbersIn))]),
  ]);
  return { payments, customers };
}

async function customersByNumber(
  session: TenantSession,
  numbers: readonly string[],
): Promise<Map<string, Customer & Stored>> {
  const accounts = await session.getMany(
    accountNumberEntity,
    numbers.map((accountNumber) => ({ accountNumber })),
  );
  const ids = [...new Set(accounts.map(({ customerId }) => customerId))];
  const found = await session.getMany(
    customerEntity,
    ids.map((id) => ({ id })),
  );
  const byId = new Map(found.map((customer) => [customer.id, customer]));
  return new Map(
    accounts.flatMap(({ accountNumber, customerId }) => {
      const customer = byId.get(customerId);
      return customer === undefined ? [] : [[accountNumber, customer] as const];
    }),
  );
}
