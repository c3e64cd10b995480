/**
 * Tokens of prepayment meters from a vending server. The server holds the keys (IEC 62055-41); this asks it, checks that
 * what comes back are tokens, and finds an order again whose answer was lost.
 */
import { formatMoney, type Money } from '../../../money/money.ts';
import { amountField, readAmount } from '../../payment-amounts.ts';
import { defineProvider, type ProviderContext, ProviderError, type VendingToken } from '../../provider.ts';
import type { Effect } from '../../read-answer.ts';
import { at, optionalTextAt } from '../../read-path.ts';
import { mappingOf } from '../configured/configured-payment.ts';
import { type MappingInput, readMappings } from '../configured/mapping.ts';
import { runMapping } from '../configured/run-mapping.ts';
import { stsAbout } from './about.ts';

const reading = {
  result: {
    providerReference: 'transaction_id',
    tokens: 'tokens',
    energyKwh: 'energy_kwh',
    amount: 'amount',
    currency: 'currency',
  },
  error: { code: 'error.code', message: 'error.message' },
  errors: {
    UNKNOWN_METER: 'rejected',
    NOT_FOUND: 'rejected',
    DAILY_LIMIT: 'rejected',
    VENDOR_BLOCKED: 'configuration',
  },
} satisfies Partial<MappingInput>;

/** Orders of tokens differ in what they ask for alone. */
const order = (kind: string, fields: Record<string, string>): MappingInput => ({
  path: `/tokens/${kind}`,
  body: { reference: '{{reference}}', meter_number: '{{meterNumber}}', ...fields },
  ...reading,
});

const defaults: Readonly<Record<string, MappingInput>> = {
  check: { method: 'GET', path: '/vendor' },
  credit: order('credit', { amount: '{{amount}}', currency: '{{currency}}', energy_kwh: '{{energyKwh}}' }),
  clearCredit: order('clear-credit', {}),
  clearTamper: order('clear-tamper', {}),
  setPowerLimit: order('power-limit', { limit_w: '{{limitW}}' }),
  changeKey: order('key-change', {
    supply_group_code: '{{supplyGroupCode}}',
    key_revision: '{{keyRevision}}',
    tariff_index: '{{tariffIndex}}',
  }),
  test: order('test', { test: '{{test}}' }),
  reverse: {
    path: '/transactions/{{providerReference}}/reversal',
    body: { reference: '{{reference}}' },
    result: { reversed: 'reversed' },
    error: reading.error,
    errors: reading.errors,
  },
  find: { method: 'GET', path: '/transactions', query: { reference: '{{reference}}' }, ...reading },
};

export const sts = defineProvider({
  ...stsAbout,
  async check(context) {
    await runMapping(context, mappingOf(context, defaults, 'check'), {}, 'read');
  },
  operations: (context) => {
    const ask = (name: string) => (values: Record<string, unknown>) => vend(context, name, values, 'act');
    return {
      credit: ({ amount, ...more }) => ask('credit')({ ...more, ...(amount ? amountValues(amount) : {}) }),
      clearCredit: ask('clearCredit'),
      clearTamper: ask('clearTamper'),
      setPowerLimit: ask('setPowerLimit'),
      changeKey: ask('changeKey'),
      test: ask('test'),
      ...(readMappings(context.settings['operations'], defaults)['reverse']
        ? {
            async reverse(wanted: { providerReference: string; reference: string }) {
              const { fields } = await runMapping(context, mappingOf(context, defaults, 'reverse'), wanted, 'act');
              return { reversed: fields['reversed'] === 'true' };
            },
          }
        : {}),
      async find(reference) {
        try {
          return await vend(context, 'find', { reference }, 'read');
        } catch (error) {
          if (error instanceof ProviderError && error.providerCode === 'NOT_FOUND') return undefined;
          throw error;
        }
      },
    };
  },
});

const amountValues = (amount: Money) => ({ amount: formatMoney(amount), currency: amount.currency });

async function vend(
  context: ProviderContext,
  name: string,
  values: Record<string, unknown>,
  effect: Effect,
): Promise<VendingToken> {
  const mapping = mappingOf(context, defaults, name);
  const { fields, body } = await runMapping(context, mapping, values, effect);
  const found = at(body, mapping.result['tokens'] ?? 'tokens');
  // Tokens are printed in groups of four; a meter takes the digits.
  const tokens = (Array.isArray(found) ? found : [found]).map((token) => String(token ?? '').replace(/[\s-]/g, ''));
  const providerReference = fields['providerReference'];
  if (providerReference === undefined || tokens.length === 0 || !tokens.every((token) => /^\d{20}$/.test(token)))
    throw new ProviderError('unreadable_answer', 'The answer has no reference or no token of twenty digits.');
  const energyKwh = optionalTextAt(fields, 'energyKwh');
  return {
    providerReference,
    tokens,
    ...(energyKwh === undefined ? {} : { energyKwh }),
    ...amountField(readAmount(fields['amount'], fields['currency'])),
  };
}
