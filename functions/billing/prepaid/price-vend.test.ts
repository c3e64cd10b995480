/** Purchases worked by hand, with the arithmetic written out, and what holds for all of them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scaled } from '../../../layers/money/fraction.ts';
import { workOut } from '../../../layers/tariff/golden/arithmetic.ts';
import { energy, fixed, minimum, subsidy, tariff, tax } from '../../../layers/tariff/golden/golden-case.ts';
import { amountOf, minorOf } from '../invoices/invoice-amounts.ts';
import { billMonth } from './price-month.ts';
import { type PricedVend, priceVend, type VendFacts } from './price-vend.ts';
import { transferable } from './token-energy.ts';
import { unusedCharges } from './unused-charges.ts';
import { partsOf } from './vend-payload.ts';

const flat = [energy('energy', ['0.25'])];
const blocks = [energy('energy', [100, '0.05'], [200, '0.10'], ['0.20'])];
const usd = (text: string): bigint => minorOf(text, 'USD');
const facts = (
  components: object[],
  amount: string,
  more: Partial<VendFacts> & { version?: object } = {},
): VendFacts => {
  const { version, ...rest } = more;
  return {
    versions: [tariff(components, version)],
    timeZone: 'Asia/Aden',
    suppliedFrom: '2026-01-01',
    day: '2026-06-15',
    boughtSteps: 0,
    isMonthOpened: false,
    chargedTo: '2026-06-01',
    amount: usd(amount),
    carriedIn: 0n,
    arrears: 0n,
    freeSteps: 0,
    ...rest,
  };
};

interface Golden {
  name: string;
  facts: VendFacts;
  /** kWh bought. */
  kwh: string;
  /** `arithmetic = amount` of the parts; what is left out is nothing. */
  energy?: string;
  fixed?: string;
  taxes?: string;
  carriedOut?: string;
}

const cases: Golden[] = [
  { name: 'one price', facts: facts(flat, '10'), kwh: '40.0', energy: '40 × 0.25 = 10.00' },
  {
    name: 'what buys no further tenth of a kWh is kept',
    facts: facts(flat, '10.02'),
    kwh: '40.0',
    energy: '40 × 0.25 = 10.00',
    carriedOut: '10.02 − 10.00 = 0.02',
  },
  {
    name: 'half a month has half the charge, also where charges are shared by the days of the billing period',
    facts: facts([...flat, fixed('service', { amount: '6' })], '10', {
      suppliedFrom: '2026-06-16',
      day: '2026-06-20',
      chargedTo: '2026-06-16',
      version: { proration: 'billing_period' },
    }),
    kwh: '28.0',
    energy: '28 × 0.25 = 7.00',
    fixed: '6 × 15/30 = 3.00',
  },
  {
    name: 'what was kept is used: 10.02 and 0.02 make one step more than 10.02 would',
    facts: facts(flat, '10.02', { carriedIn: 2n }),
    kwh: '40.1',
    energy: '40.1 × 0.25 = 10.03',
    carriedOut: '10.02 + 0.02 − 10.03 = 0.01',
  },
  {
    name: 'two blocks in one purchase',
    facts: facts(blocks, '9'),
    kwh: '140.0',
    energy: '100 × 0.05 + 40 × 0.10 = 9.00',
  },
  {
    name: 'the second purchase of the month goes on where the first one ended',
    facts: facts(blocks, '9', { boughtSteps: 800, isMonthOpened: true }),
    kwh: '100.0',
    // 20 kWh are left of the first block, 80 of the second take 8.00, and nothing is left for the third.
    energy: '20 × 0.05 + 80 × 0.10 = 9.00',
  },
  {
    name: 'all three blocks from the middle of the first',
    facts: facts(blocks, '15', { boughtSteps: 500, isMonthOpened: true }),
    kwh: '162.5',
    energy: '50 × 0.05 + 100 × 0.10 + 12.5 × 0.20 = 15.00',
  },
  {
    name: 'the month’s fixed charge is in its first purchase',
    facts: facts([...flat, fixed('service', { amount: '3' })], '13'),
    kwh: '40.0',
    energy: '40 × 0.25 = 10.00',
    fixed: '3 = 3.00',
  },
  {
    name: 'and not in the second',
    facts: facts([...flat, fixed('service', { amount: '3' })], '13', { boughtSteps: 400, isMonthOpened: true }),
    kwh: '52.0',
    energy: '52 × 0.25 = 13.00',
  },
  {
    name: 'months in which nothing was bought are paid with the next purchase',
    facts: facts([...flat, fixed('service', { amount: '3' })], '19', { chargedTo: '2026-04-01' }),
    kwh: '40.0',
    energy: '40 × 0.25 = 10.00',
    fixed: '3 × 3 = 9.00',
  },
  {
    name: 'but for months in which the tariff had another currency',
    facts: {
      ...facts([...flat, fixed('service', { amount: '3' })], '16', { chargedTo: '2026-04-01' }),
      versions: [
        tariff([...flat, fixed('service', { amount: '3' })], { currency: 'YER' }),
        tariff([...flat, fixed('service', { amount: '3' })], { from: '2026-05-01' }),
      ],
    },
    kwh: '40.0',
    energy: '40 × 0.25 = 10.00',
    fixed: '2 × 3 = 6.00',
  },
  {
    name: 'who moved in on the 16th pays half a month’s charge',
    facts: facts([...flat, fixed('service', { amount: '3' })], '11.5', {
      suppliedFrom: '2026-06-16',
      chargedTo: '2026-06-16',
      day: '2026-06-20',
    }),
    kwh: '40.0',
    energy: '40 × 0.25 = 10.00',
    fixed: '3 × 15 / 30 = 1.50',
  },
  {
    name: 'tax on energy and charge',
    facts: facts([...flat, fixed('service', { amount: '3' }), tax('vat', { percent: '5' })], '13.65'),
    kwh: '40.0',
    energy: '40 × 0.25 = 10.00',
    fixed: '3 = 3.00',
    taxes: '(10 + 3) × 5 / 100 = 0.65',
  },
  {
    name: 'debt comes first',
    facts: facts(flat, '20', { arrears: 1000n }),
    kwh: '40.0',
    energy: '(20 − 10) / 0.25 × 0.25 = 10.00',
  },
  {
    name: 'a subsidy of the first kWh',
    facts: facts([...flat, subsidy('poor', { benefit: { type: 'per_kwh', rate: '0.05', upToKwh: '50' } })], '10'),
    kwh: '50.0',
    energy: '50 × 0.25 − 50 × 0.05 = 10.00',
  },
  {
    name: 'a minimum is paid by the first purchase, and energy up to it is in it',
    facts: facts([...flat, minimum('least', { of: ['energy'], amount: '5' })], '5'),
    kwh: '20.0',
    energy: 'max(5; 20 × 0.25) = 5.00',
  },
  {
    name: 'free units are given besides and move no block',
    facts: facts(blocks, '5', { freeSteps: 500 }),
    kwh: '100.0',
    energy: '100 × 0.05 = 5.00',
  },
  {
    name: 'totals are multiples of five cents, and so is each purchase',
    facts: facts(flat, '10.02', { version: { rounding: { totalTo: '0.05' } } }),
    // 40.0 kWh cost 10.00; up to 40.0999 kWh the total is rounded to 10.00, and 40.1 kWh (10.025) to 10.05.
    kwh: '40.0',
    energy: '40 × 0.25 = 10.00',
    carriedOut: '0.02 = 0.02',
  },
  {
    name: 'a token carries no more than 1,638.3 kWh to a tenth, above that whole kWh',
    facts: facts(flat, '1000.20'),
    // 4000.8 kWh: (40008 − 16384) tenths in steps of ten are 23620, so 4000.4 kWh.
    kwh: '4000.4',
    energy: '4000.4 × 0.25 = 1000.10',
    carriedOut: '1000.20 − 1000.10 = 0.10',
  },
];

const written = (text = '0 = 0.00'): string => {
  const [arithmetic, amount] = text.split(' = ');
  expect(amountOf(scaled(workOut(arithmetic!), 2, 'half-up'), 'USD'), text).toBe(amount);
  return amount!;
};

const sums = (vend: PricedVend): void => {
  expect(vend.amount + vend.carriedIn).toBe(vend.arrears + vend.charged + vend.carriedOut);
  expect(vend.energy + vend.fixed + vend.taxes).toBe(vend.charged);
  expect(vend.lines.reduce((sum, { minor }) => sum + minor, 0n)).toBe(vend.charged);
  expect(vend.carriedOut >= 0n).toBe(true);
};

describe('a purchase', () => {
  it.each(cases)('$name', (golden) => {
    const vend = priceVend(golden.facts);
    sums(vend);
    expect({
      kwh: (vend.boughtSteps / 10).toFixed(1),
      energy: amountOf(vend.energy, 'USD'),
      fixed: amountOf(vend.fixed, 'USD'),
      taxes: amountOf(vend.taxes, 'USD'),
      carriedOut: amountOf(vend.carriedOut, 'USD'),
    }).toEqual({
      kwh: golden.kwh,
      energy: written(golden.energy),
      fixed: written(golden.fixed),
      taxes: written(golden.taxes),
      carriedOut: written(golden.carriedOut),
    });
  });

  it('that buys nothing says what is needed', () => {
    const service = [...flat, fixed('service', { amount: '3' })];
    expect(() => priceVend(facts(service, '3.01'))).toThrowError(/need 3\.03/);
    expect(() => priceVend(facts(service, '5', { arrears: 250n }))).toThrowError(/after 2\.50 for debt 2\.50 is left/);
    expect(() => priceVend(facts([energy('energy', ['0'])], '5'))).toThrowError(/no price/);
  });

  it('is refused under a tariff whose prices are known only afterwards', () => {
    const demand = { kind: 'demand', code: 'demand', label: { en: 'd', ar: 'd' }, rate: '1' };
    expect(() => priceVend(facts([...flat, demand], '5'))).toThrowError(/"demand" is known only afterwards/);
  });

  it('of free units alone costs nothing', () => {
    const vend = priceVend(facts([...flat, fixed('service', { amount: '3' })], '0', { freeSteps: 500, carriedIn: 3n }));
    sums(vend);
    expect(vend).toMatchObject({ boughtSteps: 0, freeSteps: 500, charged: 0n, carriedOut: 3n, lines: [] });
  });
});

describe('the purchases of a month', () => {
  const all = [
    ...blocks,
    fixed('service', { amount: '1.50' }),
    subsidy('poor', { benefit: { type: 'per_kwh', rate: '0.01', upToKwh: '60' } }),
    tax('vat', { percent: '7.5' }),
  ];

  it('sum to the bill of their energy, whatever the amounts and the debt taken', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.bigInt(300n, 9000n), fc.bigInt(0n, 90n)), { minLength: 1, maxLength: 6 }),
        (purchases) => {
          let [boughtSteps, carriedIn, charged, paid] = [0, 0n, 0n, 0n];
          for (const [i, [amount, percent]] of purchases.entries()) {
            const arrears = (amount * percent) / 300n;
            const given = facts(all, '0', { amount, arrears, boughtSteps, carriedIn, isMonthOpened: i > 0 });
            const vend = priceVend(given);
            sums(vend);
            expect(transferable(vend.boughtSteps)).toBe(vend.boughtSteps);
            // One step more would have cost more than there was.
            const more = billMonth(given, given.versions[0]!, given.day, boughtSteps + vend.boughtSteps + 1);
            expect(usd(more.total) - charged > vend.charged + vend.carriedOut).toBe(true);
            boughtSteps += vend.boughtSteps;
            charged += vend.charged;
            carriedIn = vend.carriedOut;
            paid += amount - arrears;
          }
          const bill = billMonth(facts(all, '0'), facts(all, '0').versions[0]!, '2026-06-15', boughtSteps);
          expect(charged).toBe(usd(bill.total));
          expect(paid).toBe(charged + carriedIn);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('cost the same in one or in many', () => {
    const once = priceVend(facts(all, '30'));
    let [boughtSteps, carriedIn] = [0, 0n];
    for (let i = 0; i < 10; i++) {
      const vend = priceVend(facts(all, '3', { boughtSteps, carriedIn, isMonthOpened: i > 0 }));
      boughtSteps += vend.boughtSteps;
      carriedIn = vend.carriedOut;
    }
    expect(boughtSteps).toBe(once.boughtSteps);
    expect(carriedIn).toBe(once.carriedOut);
  });
});

it('a lifeline that a purchase loses is paid for in full by it: all purchases together are the bill of the class reached', () => {
  const classes = [
    { ...energy('low', ['0.5']), when: { upToKwh: '100' } },
    { ...energy('high', ['1']), when: { aboveKwh: '100' } },
    fixed('small', { amount: '5', when: { upToKwh: '100' } }),
    fixed('large', { amount: '2', when: { aboveKwh: '100' } }),
  ];
  const first = priceVend(facts(classes, '55'));
  expect([first.boughtSteps, first.charged]).toEqual([1000, usd('55')]);
  const more = { boughtSteps: 1000, isMonthOpened: true };
  const second = priceVend(facts(classes, '100', more));
  // 153 × 1 + 2 less the 50 + 5 that were paid.
  expect([second.boughtSteps, second.charged, second.fixed]).toEqual([530, usd('100'), -usd('3')]);
  expect(() => priceVend(facts(classes, '10', more))).toThrow('47.10');
});

it('a charge for a bill stays paid whatever it is multiplied with, one for a month follows the days', () => {
  const unusedOf = (per: string) => {
    const charge = fixed('charge', { amount: '2', per, times: 'phase' });
    return unusedCharges([partsOf(priceVend(facts([...flat, charge], '20', { phases: 3 })))], '2026-06-21').fixed;
  };
  expect([unusedOf('bill'), unusedOf('month')]).toEqual([0n, usd('2.00')]);
});
