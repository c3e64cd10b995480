/** Bills several customers at a time, and counts what came of it. One customer's error does not keep the others from their bills. */

import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { sideBySide } from '../../../layers/kernel/side-by-side.ts';
import { type BillingOptions, billCustomer } from '../invoices/bill-customer.ts';
import type { RunProblem } from './run-entity.ts';

/** Of data or code: it comes again whenever it is tried. What the network or AWS does passes. */
export const isLasting = (error: unknown): boolean =>
  error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError;

export interface BilledCustomers {
  invoices: number;
  nothingToBill: number;
  /** Customers of more supplies than were to be billed at once, of whom nothing was billed. */
  large: string[];
  problems: Omit<RunProblem, 'runId'>[];
  /** Customers whose invoices are told of together, each with one of them. */
  collective: { customerId: string; invoiceId: string }[];
  /** Errors nobody expected. */
  failures: { customerId: string; error: unknown }[];
}

/** Customers worked on at a time. */
const atATime = 5;

export async function billSideBySide(
  session: TenantSession,
  customerIds: readonly string[],
  options: BillingOptions,
): Promise<BilledCustomers> {
  const billed: BilledCustomers = {
    invoices: 0,
    nothingToBill: 0,
    large: [],
    problems: [],
    collective: [],
    failures: [],
  };
  await sideBySide(customerIds, atATime, async (customerId) => {
    try {
      const { invoices, problems, isLarge } = await billCustomer(session, customerId, options).catch(
        (error: unknown) => {
          // The meter that breaks it is a problem now, not after two more tries of the page: the others are billed.
          if (options.isolate || !isLasting(error)) throw error;
          return billCustomer(session, customerId, { ...options, isolate: isLasting });
        },
      );
      billed.invoices += invoices.length;
      const together = invoices.find(({ isCollective }) => isCollective);
      if (together !== undefined) billed.collective.push({ customerId, invoiceId: together.id });
      if (isLarge) billed.large.push(customerId);
      else if (invoices.length + problems.length === 0) billed.nothingToBill++;
      for (const problem of problems) billed.problems.push({ ...problem, customerId });
    } catch (error) {
      logger.error('customer not billed', { customerId, runId: options.runId, error: error as Error });
      billed.failures.push({ customerId, error });
    }
  });
  return billed;
}
