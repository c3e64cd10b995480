/**
 * A payment provider that is configuration. Its default mapping is a proposal of Mizan, documented in docs/providers.md,
 * and not the provider's: these publish none, and the contract with them brings theirs.
 */
import { formatMoney, type Money } from '../../../money/money.ts';
import { amountField, readAmount } from '../../payment-amounts.ts';
import {
  defineProvider,
  type PaymentOperations,
  type PaymentOrder,
  type ProviderAbout,
  type ProviderContext,
  type ProviderDefinition,
  ProviderError,
  type ProviderPayment,
} from '../../provider.ts';
import type { Effect } from '../../read-answer.ts';
import type { InboundMappingInput } from './inbound.ts';
import { readMappedEvent } from './inbound.ts';
import { type MappingInput, type OperationMapping, readMappings } from './mapping.ts';
import { runMapping } from './run-mapping.ts';

const statuses: readonly string[] = [
  'pending',
  'authorised',
  'captured',
  'failed',
  'cancelled',
  'refunded',
  'partially_refunded',
] satisfies ProviderPayment['status'][];

const statusValues = {
  PENDING: 'pending',
  AUTHORIZED: 'authorised',
  PAID: 'captured',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  REFUNDED: 'refunded',
  PARTIALLY_REFUNDED: 'partially_refunded',
};

const result = {
  providerReference: 'payment.id',
  status: 'payment.status',
  redirectUrl: 'payment.redirect_url',
  amount: 'payment.amount',
  currency: 'payment.currency',
};
const reading = {
  result,
  values: { status: statusValues },
  error: { code: 'error.code', message: 'error.message' },
  errors: { INVALID_CREDENTIALS: 'configuration', DUPLICATE_REFERENCE: 'rejected', BUSY: 'rate_limited' },
} satisfies Partial<MappingInput>;

/** The mapping a payment provider has until the tenant writes the one of its contract. */
const defaultPaymentMapping: Readonly<Record<string, MappingInput>> = {
  check: { method: 'GET', path: '/merchant' },
  create: {
    path: '/payments',
    body: {
      reference: '{{reference}}',
      amount: '{{amount}}',
      currency: '{{currency}}',
      description: '{{description}}',
      customer_phone: '{{customerPhone}}',
      return_url: '{{returnUrl}}',
    },
    ...reading,
  },
  verify: { method: 'GET', path: '/payments/{{providerReference}}', ...reading },
  find: { method: 'GET', path: '/payments', query: { reference: '{{reference}}' }, ...reading },
  refund: {
    path: '/payments/{{providerReference}}/refunds',
    body: { reference: '{{reference}}', amount: '{{amount}}', currency: '{{currency}}' },
    ...reading,
  },
};

const defaultInbound: InboundMappingInput = {
  id: 'id',
  type: 'payment',
  occurredAt: 'time',
  data: { ...result, reference: 'payment.reference' },
  values: { status: statusValues },
};

export function configuredPayment(
  about: ProviderAbout<'payment'>,
  defaults: Readonly<Record<string, MappingInput>> = defaultPaymentMapping,
): ProviderDefinition<'payment'> {
  return defineProvider({
    ...about,
    async check(context) {
      await runMapping(context, mappingOf(context, defaults, 'check'), {}, 'read');
    },
    operations: (context) => {
      const mappings = readMappings(context.settings['operations'], defaults);
      const run = async (name: string, values: Record<string, unknown>, effect: Effect): Promise<ProviderPayment> => {
        const mapping = mappings[name];
        if (mapping === undefined) throw new ProviderError('configuration', `The mapping has no operation "${name}".`);
        const { fields } = await runMapping(context, mapping, values, effect);
        return paymentOf(fields, values['providerReference'] as string | undefined);
      };
      const change = (name: string) => (providerReference: string, amount: Money, reference: string) =>
        run(name, { providerReference, reference, ...amountValues(amount) }, 'act');
      const operations: PaymentOperations = {
        create: (order) => run('create', orderValues(order), 'act'),
        verify: (providerReference, order) => run('verify', { ...orderValues(order), providerReference }, 'read'),
        ...(canFind(context) ? { find: (order) => orNotFound(run('find', orderValues(order), 'read')) } : {}),
        ...(mappings['capture'] ? { capture: change('capture') } : {}),
        ...(mappings['refund'] ? { refund: change('refund') } : {}),
      };
      return operations;
    },
    inbound: async (context, request) => ({ events: [readMappedEvent(context, request, defaultInbound)] }),
  });
}

/** A tenant that maps `create` to another API maps `find` to it as well, or has none: ours would ask at a wrong address. */
function canFind({ settings }: ProviderContext): boolean {
  const own = readMappings(settings['operations'], {});
  return own['create'] === undefined || own['find'] !== undefined;
}

/** Only the provider's own word for it, not any address that does not exist. */
async function orNotFound(found: Promise<ProviderPayment>): Promise<ProviderPayment | undefined> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof ProviderError && error.providerCode === 'NOT_FOUND') return undefined;
    throw error;
  }
}

export function mappingOf(
  context: ProviderContext,
  defaults: Readonly<Record<string, MappingInput>>,
  name: string,
): OperationMapping {
  const mapping = readMappings(context.settings['operations'], defaults)[name];
  if (mapping === undefined) throw new ProviderError('configuration', `The mapping has no operation "${name}".`);
  return mapping;
}

const amountValues = (amount: Money): Record<string, string> => ({
  amount: formatMoney(amount),
  amountMinor: String(amount.minor),
  currency: amount.currency,
});

const orderValues = ({ reference, amount, description, returnUrl, cancelUrl, customer }: PaymentOrder) => ({
  reference,
  ...amountValues(amount),
  description,
  returnUrl,
  cancelUrl,
  customerName: customer?.name,
  customerPhone: customer?.phone,
  customerEmail: customer?.email,
});

function paymentOf(fields: Record<string, string>, known: string | undefined): ProviderPayment {
  const providerReference = fields['providerReference'] ?? known;
  const status = fields['status'];
  if (providerReference === undefined || status === undefined || !statuses.includes(status))
    throw new ProviderError('unreadable_answer', 'The answer has no reference or no status of a payment.');
  return {
    providerReference,
    status: status as ProviderPayment['status'],
    ...(fields['redirectUrl'] === undefined ? {} : { redirectUrl: fields['redirectUrl'] }),
    ...amountField(readAmount(fields['amount'], fields['currency'])),
  };
}
