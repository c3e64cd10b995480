/** Lambda entry: what happens to invoices, payments and meters is told to the customer. */
import * as z from 'zod/mini';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { consumeEvents } from '../../../layers/kernel/events/consume.ts';
import { commandKinds, commandStatuses } from '../commands/command-schema.ts';
import { messageChannels } from '../customers/customer-schema.ts';
import { tellOfCollectiveBill, tellOfCommand, tellOfInvoice, tellOfPayment } from './react-to-billing.ts';

const invoice = z.object({
  invoiceId: z.string(),
  step: z.optional(z.string()),
  channels: z.optional(z.array(z.enum(messageChannels))),
  isReminded: z.optional(z.boolean()),
});
const collective = z.object({
  customerId: z.string(),
  invoiceId: z.string(),
  runId: z.optional(z.string()),
  period: z.optional(z.object({ from: z.string(), to: z.string() })),
});
const payment = z.object({
  paymentId: z.string(),
  paymentNumber: z.string(),
  customerId: z.string(),
  amount: z.string(),
  currency: z.string(),
  purpose: z._default(z.string(), 'debt'),
  receivedAt: z.string(),
  reasonCode: z.optional(z.string()),
});
const command = z.object({
  id: z.string(),
  meterId: z.string(),
  customerId: z.optional(z.string()),
  command: z.enum(commandKinds),
  status: z.enum(commandStatuses),
  requestedBy: z.string(),
});

export const handler = consumeEvents(async ({ type, tenantId, correlationId, id, payload }) => {
  const session = openSession(tenantId, { correlationId, causationId: id });
  switch (type) {
    case 'invoice.created':
    case 'invoice.cancelled':
      return tellOfInvoice(session, invoice.parse(payload).invoiceId, {});
    case 'invoice.overdue': {
      const { invoiceId, isReminded } = invoice.parse(payload);
      return tellOfInvoice(session, invoiceId, { template: 'invoice_overdue', isReminded });
    }
    case 'invoice.reminder': {
      const { invoiceId, step, channels } = invoice.parse(payload);
      return tellOfInvoice(session, invoiceId, { template: 'invoice_reminder', step, channels });
    }
    case 'collective_bill.completed': {
      const { customerId, invoiceId, runId, period } = collective.parse(payload);
      return tellOfCollectiveBill(session, { customerId, invoiceId, scope: runId === undefined ? period! : { runId } });
    }
    case 'payment.received':
      return tellOfPayment(session, 'payment_received', payment.parse(payload));
    case 'payment.reversed':
      return tellOfPayment(session, 'payment_reversed', payment.parse(payload));
    case 'meter.command_changed':
      return tellOfCommand(session, command.parse(payload));
  }
});
