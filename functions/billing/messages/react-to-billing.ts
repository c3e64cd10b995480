/** Which message follows from which event of billing; the tenant's settings say which of them go out by themselves. */
import { displayAmount, displayCode, displayDay } from '../../../layers/documents/display.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { localDate } from '../../../layers/metering/time-zone.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { balancesOf } from '../accounts/show-account.ts';
import type { MeterCommand } from '../commands/command-schema.ts';
import { customerEntity } from '../customers/customer-entity.ts';
import type { Customer } from '../customers/customer-schema.ts';
import { dunningSubject, isOwedUpTo, overdueAmounts } from '../dunning/overdue-debt.ts';
import { amountOf } from '../invoices/invoice-amounts.ts';
import { invoiceEntity } from '../invoices/invoice-entity.ts';
import { today } from '../invoices/local-day.ts';
import { reversalWords } from '../payments/reversal-reasons.ts';
import { type CompletedBill, remindTogether, sendCollectiveBill } from './collective-messages.ts';
import type { MessageChannel } from './message-schema.ts';
import { readMessageSettings } from './message-settings.ts';
import { notifyCustomer } from './notify-customer.ts';
import { type InvoiceTemplate, notifyOfInvoice, styleOf, templateOfKind } from './notify-of-invoice.ts';
import type { automaticNames } from './templates/index.ts';

const isAutomatic = async (session: TenantSession, template: (typeof automaticNames)[number]): Promise<boolean> =>
  (await readMessageSettings(session)).automatic.includes(template);

export async function tellOfInvoice(
  session: TenantSession,
  invoiceId: string,
  what: {
    template?: InvoiceTemplate;
    step?: string | undefined;
    channels?: readonly MessageChannel[] | undefined;
    /** Of an invoice that became overdue: whether a reminder of dunning goes out for it at the same time. */
    isReminded?: boolean | undefined;
  },
): Promise<void> {
  const invoice = await session.require(invoiceEntity, { id: invoiceId });
  const { template = templateOfKind(invoice), step, channels, isReminded = false } = what;
  // A reminder that comes late, after the money: better none.
  const isOfDebt = template === 'invoice_reminder' || template === 'invoice_overdue';
  if (isOfDebt && (invoice.status === 'paid' || invoice.status === 'cancelled')) return;
  const { automatic } = await readMessageSettings(session);
  if (!automatic.includes(template)) return;
  // Told of with the others, when all of them are there.
  if (template === 'invoice_issued' && invoice.isCollective) return;
  const customer = await session.require(customerEntity, { id: invoice.customerId });
  if (template === 'invoice_overdue' && (await isGraced(session, customer))) return;
  if (template === 'invoice_overdue' && !(await isOwedUpTo(session, invoice))) return;
  // Two messages of one debt in one minute collect no more than one.
  if (isReminded && automatic.includes('invoice_reminder')) return;
  if (isOfDebt && customer.collectiveBill)
    return remindTogether(session, invoice, togetherOf[template], { step, channels });
  await notifyOfInvoice(session, invoice, template, {
    reference: step === undefined ? sendingReference(template, invoiceId) : `${template} ${invoiceId} ${step}`,
    channels,
  });
}

const togetherOf = {
  invoice_reminder: 'collective_bill_reminder',
  invoice_overdue: 'collective_bill_overdue',
} as const;

export async function tellOfCollectiveBill(session: TenantSession, bill: CompletedBill): Promise<void> {
  if (await isAutomatic(session, 'invoice_issued')) await sendCollectiveBill(session, bill);
}

/** Whoever was given time is not pressed. */
async function isGraced(session: TenantSession, { graceUntil }: Pick<Customer, 'graceUntil'>): Promise<boolean> {
  return graceUntil !== undefined && graceUntil >= (await today(session));
}

/** The same whether an invoice goes out by itself, with its run or by hand: a channel carries it once. */
export const sendingReference = (template: InvoiceTemplate, invoiceId: string): string => `${template} ${invoiceId}`;

export interface PaymentFact {
  paymentId: string;
  paymentNumber: string;
  customerId: string;
  amount: string;
  currency: string;
  purpose: string;
  receivedAt: string;
  reasonCode?: string | undefined;
}

/** Money for tokens is not told of here: the token is the receipt. */
export async function tellOfPayment(
  session: TenantSession,
  template: 'payment_received' | 'payment_reversed',
  payment: PaymentFact,
): Promise<void> {
  const { paymentId, customerId, currency } = payment;
  if (payment.purpose === 'prepaid' || !(await isAutomatic(session, template))) return;
  const [style, { timeZone }, balances] = await Promise.all([
    styleOf(session, customerId),
    tenantProfile(session),
    balancesOf(session, customerId),
  ]);
  const balance = balances.find((one) => one.currency === currency)?.balance ?? '0';
  const common = {
    customerId,
    reference: `${template} ${paymentId}`,
    document: { kind: 'receipt', id: paymentId },
  } as const;
  const values = {
    amount: displayAmount(payment.amount, currency, style),
    receipt: displayCode(payment.paymentNumber, style),
  };
  if (template === 'payment_received')
    await notifyCustomer(session, {
      ...common,
      template,
      values: {
        ...values,
        date: displayDay(localDate(Date.parse(payment.receivedAt), timeZone), style),
        balance: displayAmount(balance, currency, style),
      },
    });
  else {
    // What the cashier wrote is the utility's own.
    const reason = reversalWords(payment.reasonCode, style.language);
    await notifyCustomer(session, { ...common, template, values: { ...values, reason } });
  }
}

/** A warning when dunning orders a disconnection, and word of what the meter confirmed. */
export async function tellOfCommand(
  session: TenantSession,
  command: Pick<MeterCommand, 'id' | 'meterId' | 'customerId' | 'command' | 'status' | 'requestedBy'>,
): Promise<void> {
  const kind = templateOfCommand(command);
  const { customerId, id } = command;
  if (kind === undefined || customerId === undefined) return;
  const [style, { currency }, day] = await Promise.all([
    styleOf(session, customerId),
    tenantProfile(session),
    today(session),
  ]);
  const isOfDebt = kind === 'meter_disconnected' || kind === 'disconnection_warning';
  const owed = isOfDebt ? await overdueAmounts(session, customerId, day) : undefined;
  const of = owed?.has(currency) ? currency : (owed?.keys().next().value ?? currency);
  const due = owed?.get(of) ?? 0n;
  // Paid meanwhile: the order is withdrawn.
  if (kind === 'disconnection_warning' && due === 0n) return;
  // Who was cut off by now owing nothing is not asked to pay.
  const template = kind === 'meter_disconnected' && due === 0n ? 'meter_switched_off' : kind;
  if (!(await isAutomatic(session, template))) return;
  const meter = displayCode(command.meterId, style);
  const common = { customerId, reference: `${kind} ${id}`, aboutId: id } as const;
  await (template === 'meter_reconnected' || template === 'meter_switched_off'
    ? notifyCustomer(session, { ...common, template, values: { meter } })
    : notifyCustomer(session, {
        ...common,
        template,
        values: { meter, due: displayAmount(amountOf(due, of), of, style) },
      }));
}

function templateOfCommand({ command, status, requestedBy }: Pick<MeterCommand, 'command' | 'status' | 'requestedBy'>) {
  if (command === 'reconnect') return status === 'confirmed' ? 'meter_reconnected' : undefined;
  if (command !== 'disconnect') return undefined;
  // What a person ordered, a payment does not undo.
  if (status === 'confirmed') return requestedBy === dunningSubject ? 'meter_disconnected' : 'meter_switched_off';
  const isOrdered = status === 'requested' || status === 'approved';
  return isOrdered && requestedBy === dunningSubject ? 'disconnection_warning' : undefined;
}
