/** What the rows of a report are for: types of customers, methods of payment, or what the report was asked for by. */
import type { Customer } from '../customers/customer-schema.ts';
import type { Payment } from '../payments/payment-schema.ts';
import type { CashierOf } from './cashier-of-payment.ts';
import { channelOf } from './payment-channel.ts';
import type { ReportGroup, ReportOrder } from './report-schema.ts';

/** Undefined where the customer is in none. */
export function groupOfCustomer({ type, routeId, address }: Customer, by: ReportGroup | undefined): string | undefined {
  if (by === 'route') return routeId;
  return by === 'region' ? address?.region : type;
}

/** Undefined where it belongs to none. */
export async function groupOfPayment(
  payment: Payment,
  customer: Customer,
  by: ReportGroup | undefined,
  cashierOf: CashierOf,
): Promise<string | undefined> {
  if (by === undefined) return payment.method;
  if (by === 'channel') return channelOf(payment);
  return by === 'cashier' ? cashierOf(payment) : groupOfCustomer(customer, by);
}

const fields = { channel: 'channel', cashier: 'cashierId', route: 'routeId', region: 'region' } as const;

/** The field of a row that says which group it is. */
export const groupField = (kind: ReportOrder['kind'], by: ReportGroup | undefined) =>
  by === undefined ? (kind === 'collections' ? 'method' : 'customerType') : fields[by];
