/** What events say of a payment. */
import type { Payment } from './payment-schema.ts';

export const paymentPayload = ({
  id,
  paymentNumber,
  customerId,
  amount,
  currency,
  method,
  purpose = 'debt',
  supplyId,
  provider,
  receivedAt,
  allocations,
  advanceAmount,
}: Payment) => ({
  paymentId: id,
  paymentNumber,
  customerId,
  amount,
  currency,
  method,
  purpose,
  ...(supplyId === undefined ? {} : { supplyId }),
  ...(provider === undefined ? {} : { provider }),
  receivedAt,
  allocations,
  advanceAmount,
});
