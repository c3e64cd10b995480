/**
 * Halyk Bank's ePay: an invoice by link, its transaction by status, and charge and refund of the transaction.
 * Invoice numbers are 6 to 15 digits, so ours are derived from the reference; the same reference gives the same invoice.
 */
import { createHash } from 'node:crypto';
import { formatMoney, type Money } from '../../../money/money.ts';
import { accessToken } from '../../access-tokens.ts';
import { afterRefund } from '../../after-refund.ts';
import { beforeActing } from '../../before-acting.ts';
import { amountField, readAmount } from '../../payment-amounts.ts';
import { defineProvider, type ProviderContext, ProviderError, type ProviderPayment } from '../../provider.ts';
import { parseJson } from '../../read-answer.ts';
import { optionalTextAt, textAt } from '../../read-path.ts';
import { type RestClient, restClient } from '../../rest-client.ts';
import { refuse } from '../../signatures.ts';
import { halykAbout } from './about.ts';

const scope = 'webapi usermanagement email_send verification statement statistics payment';

export const halyk = defineProvider({
  ...halykAbout,
  async check(context) {
    await tokenOf(context, false);
  },
  operations: (context) => {
    const client = clientOf(context);
    return {
      async create(order) {
        const invoiceId = invoiceIdOf(order.reference);
        const answer = await client.json({
          method: 'POST',
          path: '/invoice',
          effect: 'act',
          json: {
            shop_id: context.settings['shop_id'],
            account_id: order.reference,
            invoice_id: invoiceId,
            amount: jsonAmount(order.amount),
            language: 'rus',
            description: order.description,
            expire_period: '1d',
            recipient_contact: order.customer?.email ?? '',
            recipient_contact_sms: order.customer?.phone ?? '',
            notifier_contact_sms: '',
            currency: order.amount.currency,
            post_link: context.settings['post_link'] ?? '',
            failure_post_link: context.settings['post_link'] ?? '',
            back_link: order.returnUrl ?? '',
            failure_back_link: order.cancelUrl ?? order.returnUrl ?? '',
          },
        });
        return {
          providerReference: invoiceId,
          status: 'pending',
          redirectUrl: textAt(answer, 'invoice_url'),
          amount: order.amount,
        };
      },
      verify: async (invoiceId) => paymentOf(invoiceId, await transaction(client, invoiceId)),
      async capture(invoiceId, amount) {
        await operate(client, invoiceId, 'charge', { json: { amount: jsonAmount(amount) } });
        return { providerReference: invoiceId, status: 'captured', amount };
      },
      async refund(invoiceId, amount) {
        await operate(client, invoiceId, 'refund', { query: { amount: formatMoney(amount) } });
        return afterRefund(invoiceId, amount, async () => paymentOf(invoiceId, await transaction(client, invoiceId)));
      },
    };
  },
  // Notifications ("postlink") carry no signature: the bank is asked before anything is believed.
  async inbound(context, request) {
    const invoiceId = optionalTextAt(parseJson(Buffer.from(request.rawBody).toString('utf8')), 'invoiceId');
    if (invoiceId === undefined || !/^\d{6,15}$/.test(invoiceId)) refuse('The notification names no invoice.');
    const { providerReference, status, amount } = paymentOf(invoiceId, await transaction(clientOf(context), invoiceId));
    return {
      events: [
        {
          id: `${invoiceId}-${status}`,
          type: 'payment',
          data: {
            providerReference,
            status,
            ...(amount ? { amount: formatMoney(amount), currency: amount.currency } : {}),
          },
        },
      ],
    };
  },
});

/** Exact for every amount of less than 2^53 minor units: JSON writes the shortest number that reads back as the same. */
function jsonAmount(amount: Money): number {
  const value = Number(formatMoney(amount));
  if (!Number.isSafeInteger(Number(amount.minor))) throw new ProviderError('rejected', 'The amount is too large.');
  return value;
}

function invoiceIdOf(reference: string): string {
  if (/^\d{6,15}$/.test(reference)) return reference;
  const digest = createHash('sha256').update(reference).digest();
  return String(digest.readBigUInt64BE(0) % 10n ** 15n).padStart(15, '0');
}

function tokenOf(context: ProviderContext, isKept = true): Promise<string> {
  const { settings } = context;
  return accessToken(context, {
    url: settings['oauth_url']!,
    form: {
      grant_type: 'client_credentials',
      scope,
      client_id: settings['client_id'],
      client_secret: settings['client_secret'],
      terminal: settings['terminal_id'],
    },
    isKept,
  });
}

const clientOf = (context: ProviderContext): RestClient =>
  restClient(context, {
    baseUrl: context.settings['api_url']!,
    headers: async () => ({ authorization: `Bearer ${await tokenOf(context)}` }),
    errorPaths: { code: ['code'], message: ['message'] },
  });

/** @see https://epayment.kz/en-US/docs/check-status-payment */
async function transaction(client: RestClient, invoiceId: string): Promise<unknown> {
  return client.json({
    method: 'GET',
    path: `/check-status/payment/transaction/${encodeURIComponent(invoiceId)}`,
    effect: 'read',
  });
}

async function operate(
  client: RestClient,
  invoiceId: string,
  operation: 'charge' | 'refund',
  more: { json?: unknown; query?: Record<string, string> },
): Promise<void> {
  const id = optionalTextAt(await beforeActing(() => transaction(client, invoiceId)), 'transaction.id');
  if (id === undefined) throw new ProviderError('rejected', 'Nothing was paid on this invoice.');
  await client.text({
    method: 'POST',
    path: `/operation/${encodeURIComponent(id)}/${operation}`,
    effect: 'act',
    ...more,
  });
}

const statuses: Readonly<Record<string, ProviderPayment['status']>> = {
  NEW: 'pending',
  '3D': 'pending',
  AUTH: 'authorised',
  CHARGE: 'captured',
  CANCEL: 'cancelled',
  CANCEL_OLD: 'cancelled',
  REFUND: 'refunded',
  FAILED: 'failed',
  REJECT: 'failed',
};

function paymentOf(invoiceId: string, answer: unknown): ProviderPayment {
  const resultCode = textAt(answer, 'resultCode');
  const name = optionalTextAt(answer, 'transaction.statusName');
  // No transaction: the invoice was not paid or tried yet.
  const status = name === undefined && resultCode !== '100' ? 'pending' : statuses[name ?? ''];
  if (status === undefined)
    throw new ProviderError('unreadable_answer', 'The transaction has a status that is not documented.');
  const amount = readAmount(
    optionalTextAt(answer, 'transaction.amount'),
    optionalTextAt(answer, 'transaction.currency'),
  );
  return { providerReference: invoiceId, status, ...amountField(amount) };
}
