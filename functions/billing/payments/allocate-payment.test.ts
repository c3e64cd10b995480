/** Which invoices a payment settles and where it is taken back from, to the last minor unit: each comparison, limit and order has a case that fails without it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StoredInvoice } from '../invoices/invoice-entity.ts';
import { allocatePayment, isEnoughFor, mergedAllocations, shownAllocations } from './allocate-payment.ts';
import type { Payment } from './payment-schema.ts';
import { splitTakeBack } from './take-back.ts';

const yer = (minor: bigint | number): string => {
  const [sign, digits] = [minor < 0 ? '-' : '', String(minor).replace('-', '').padStart(3, '0')];
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`;
};
const invoice = (id: string, due: bigint | number, more: object = {}) =>
  ({ id, invoiceNumber: `N-${id}`, currency: 'YER', dueAmount: yer(due), status: 'issued', ...more }) as StoredInvoice;
const owing = (...dues: (bigint | number)[]) => dues.map((due, i) => invoice(String(i + 1), due));

/** Pairs of invoice and minor units; what is paid ahead; what it is meant for. */
function allocated(minor: bigint | number, open: readonly StoredInvoice[]) {
  const { allocations, advance, rest } = allocatePayment(BigInt(minor), open);
  return { parts: allocations.map((one) => [one.invoice.id, Number(one.minor)]), advance: Number(advance), rest };
}

describe('a payment', () => {
  it.each<[string, number, number[], [number, number][], number]>([
    ['of all that is owed leaves nothing', 10, [10], [[1, 10]], 0],
    ['of less settles a part', 4, [10], [[1, 4]], 0],
    ['of more by one unit leaves one ahead', 11, [10], [[1, 10]], 1],
    ['of one unit settles one', 1, [10, 10], [[1, 1]], 0],
    [
      'settles the first whole before the second',
      15,
      [10, 10],
      [
        [1, 10],
        [2, 5],
      ],
      0,
    ],
    ['that ends with an invoice does not touch the next', 10, [10, 10], [[1, 10]], 0],
    ['passes over what owes nothing, or less', 12, [0, -5, 10], [[3, 10]], 2],
    ['of nothing settles nothing', 0, [10], [], 0],
    ['where nothing is owed is paid ahead', 7, [], [], 7],
  ])('%s', (_, minor, dues, parts, advance) => {
    expect(allocated(minor, owing(...dues))).toEqual({
      parts: parts.map(([id, part]) => [String(id), part]),
      advance,
      rest: [],
    });
  });

  const tens = (count: number) => owing(...Array.from({ length: count }, () => 10));
  it.each<[string, number, StoredInvoice[], number, number, string[]]>([
    ['fourteen with itself', 140, tens(20), 14, 0, []],
    ['a fifteenth afterwards, and its money waits', 150, tens(20), 14, 10, ['15']],
    ['a part of the fifteenth afterwards', 145, tens(20), 14, 5, ['15']],
    ['the sixteenth afterwards, of which there is a part', 155, tens(20), 14, 15, ['15', '16']],
    ['one unit of the sixteenth afterwards', 151, tens(20), 14, 11, ['15', '16']],
    ['all there are afterwards, and more is ahead', 180, tens(16), 14, 40, ['15', '16']],
    ['only what owes something afterwards', 160, [...tens(14), invoice('x', 0), invoice('y', 10)], 14, 20, ['y']],
  ])('settles %s', (_, minor, open, parts, advance, rest) => {
    const found = allocated(minor, open);
    expect([found.parts.length, found.advance, found.rest]).toEqual([parts, advance, rest]);
  });

  it('reaches four hundred invoices, not counting those that owe nothing', () => {
    const { parts, advance, rest } = allocated(10_000, [...owing(0, 0), ...tens(402)]);
    expect([parts.length, rest.length, rest.at(-1), advance]).toEqual([14, 386, '400', 9860]);
  });

  it('never settles more than is owed or was paid, in the order of the invoices, and loses nothing', () => {
    const dues = fc.array(fc.bigInt({ min: -20n, max: 60n }), { maxLength: 30 });
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 900n }), dues, (minor, owed) => {
        const open = owing(...owed);
        const { allocations, advance, rest } = allocatePayment(minor, open);
        const due = owed.filter((one) => one > 0n);
        const used = allocations.reduce((sum, one) => sum + one.minor, 0n);
        expect(used + advance).toBe(minor);
        // By hand: as far as the money goes, one invoice after the other.
        let left = minor;
        const byHand = due.map((one) => {
          const part = one < left ? one : left;
          left -= part;
          return part;
        });
        const reached = byHand.filter((part) => part > 0n);
        expect(allocations.map((one) => one.minor)).toEqual(reached.slice(0, 14));
        expect(rest).toHaveLength(Math.max(reached.length - 14, 0));
        expect(isEnoughFor(minor, open)).toBe(due.reduce((sum, one) => sum + one, 0n) >= minor);
      }),
      { numRuns: 200 },
    );
  });

  it('has read enough with what it pays, or with four hundred', () => {
    expect([9n, 10n, 11n].map((minor) => isEnoughFor(minor, owing(4, -8, 6)))).toEqual([true, true, false]);
    expect(isEnoughFor(1n, owing(1))).toBe(true);
    expect([399, 400].map((count) => isEnoughFor(10_000n, tens(count)))).toEqual([false, true]);
  });

  it('shows its parts in the currency, and adds what goes to an invoice that had of it', () => {
    const { allocations } = allocatePayment(700n, [invoice('1', 500), invoice('2', 500)]);
    const shown = shownAllocations(allocations);
    expect(shown).toEqual([
      { invoiceId: '1', invoiceNumber: 'N-1', amount: '5.00' },
      { invoiceId: '2', invoiceNumber: 'N-2', amount: '2.00' },
    ]);
    const more = shownAllocations(allocatePayment(450n, [invoice('2', 300), invoice('3', 500)]).allocations);
    expect(mergedAllocations({ allocations: shown, currency: 'YER' }, more).map(({ amount }) => amount)).toEqual([
      '5.00',
      '5.00',
      '1.50',
    ]);
  });
});

/** @param parts minor units that invoices 1, 2, … have of it; those below zero are of cancelled ones @param setOffs by invoice, the newest first */
function taken(
  minor: number,
  {
    parts,
    advance = 0,
    ahead = advance,
    held,
    setOffs = [],
  }: { parts: number[]; advance?: number; ahead?: number; held?: number; setOffs?: [string, number][] },
) {
  const invoices = parts.map((part, i) => invoice(String(i + 1), 0, { status: part < 0 ? 'cancelled' : 'paid' }));
  const allocations = parts.map((part, i) => ({
    invoiceId: String(i + 1),
    invoiceNumber: `N-${i + 1}`,
    amount: yer(Math.abs(part)),
  }));
  const payment = {
    currency: 'YER',
    allocations,
    advanceAmount: yer(advance),
    ...(held === undefined ? {} : { takingBack: yer(held), owedAgain: ['o'] }),
  } as Payment;
  const used = setOffs.map(([id, minor]) => ({ invoice: invoice(id, 0, { status: 'paid' }), minor: BigInt(minor) }));
  const split = splitTakeBack(payment, invoices, BigInt(ahead), BigInt(minor), used);
  const { fromInvoices, left, leftAfter: _, ...rest } = split;
  const amounts = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, Number(value)]));
  return {
    ...amounts,
    fromInvoices: fromInvoices.map((one) => `${one.invoice.id}:${one.minor}`).join(' '),
    left: [left.advanceAmount, ...left.allocations!.map(({ invoiceId, amount }) => `${invoiceId}:${amount}`)].join(' '),
    stillSettles: left.stillSettles,
  };
}

const none = { fromHeld: 0, unneeded: 0, fromAdvance: 0, shortfall: 0, stillSettles: undefined };

describe('taking money back', () => {
  it.each<[string, number, Parameters<typeof taken>[1], object]>([
    [
      'takes what waits first',
      3,
      { parts: [5], advance: 4 },
      { fromAdvance: 3, fromInvoices: '', left: '0.01 1:0.05' },
    ],
    [
      'then the invoice settled last',
      6,
      { parts: [5, 7], advance: 4 },
      { fromAdvance: 4, fromInvoices: '2:2', left: '0.00 1:0.05 2:0.05' },
    ],
    [
      'and the one before it',
      14,
      { parts: [5, 7], advance: 4 },
      { fromAdvance: 4, fromInvoices: '2:7 1:3', left: '0.00 1:0.02' },
    ],
    ['to the last unit', 16, { parts: [5, 7], advance: 4 }, { fromAdvance: 4, fromInvoices: '2:7 1:5', left: '0.00' }],
    [
      'no more of what waits than the customer has left',
      6,
      { parts: [5], advance: 4, ahead: 1 },
      { fromAdvance: 1, fromInvoices: '1:5', left: '0.03' },
    ],
    [
      'nor of what others paid ahead',
      6,
      { parts: [5], advance: 2, ahead: 90 },
      { fromAdvance: 2, fromInvoices: '1:4', left: '0.00 1:0.01' },
    ],
    [
      'and says what is nowhere',
      12,
      { parts: [5], advance: 4, ahead: 0 },
      { fromInvoices: '1:5', shortfall: 7, left: '0.04' },
    ],
    [
      'what waited is with those that were paid with it, the newest first',
      6,
      {
        parts: [5],
        advance: 4,
        ahead: 1,
        setOffs: [
          ['9', 2],
          ['8', 7],
        ],
      },
      { fromAdvance: 1, fromInvoices: '9:2 8:1 1:2', left: '0.00 1:0.03' },
    ],
    [
      'one of which it settled itself, too, is owed again once for both',
      9,
      { parts: [5], advance: 4, ahead: 0, setOffs: [['1', 6]] },
      { fromInvoices: '1:9', left: '0.00' },
    ],
    [
      'and so is what a cancelled invoice had',
      6,
      { parts: [-5], advance: 2, ahead: 1, setOffs: [['9', 9]] },
      { fromAdvance: 1, fromInvoices: '9:5', left: '0.00 1:0.01' },
    ],
    [
      'what a cancelled invoice had waits as well',
      6,
      { parts: [-5, 7], advance: 2, ahead: 7 },
      { fromAdvance: 6, fromInvoices: '', left: '0.00 1:0.01 2:0.07' },
    ],
    [
      'and is used up before others are owed again',
      9,
      { parts: [-5, 7], advance: 2, ahead: 7 },
      { fromAdvance: 7, fromInvoices: '2:2', left: '0.00 2:0.05' },
    ],
    [
      'of two cancelled ones the first gives first',
      6,
      { parts: [-4, -5], ahead: 9 },
      { fromAdvance: 6, fromInvoices: '', left: '0.00 2:0.03' },
    ],
    [
      'what is held comes before all',
      6,
      { parts: [5], advance: 4, held: 5 },
      { fromHeld: 5, fromAdvance: 1, fromInvoices: '', left: '0.03 1:0.05' },
    ],
    [
      'what is held and not wanted is paid ahead and settles again',
      2,
      { parts: [5], advance: 4, held: 5 },
      { fromHeld: 2, unneeded: 3, fromInvoices: '', left: '0.07 1:0.05', stillSettles: ['o'] },
    ],
    [
      'a single unit of it, too',
      4,
      { parts: [5], advance: 4, held: 5 },
      { fromHeld: 4, unneeded: 1, fromInvoices: '', left: '0.05 1:0.05', stillSettles: ['o'] },
    ],
    [
      'all that is held leaves nothing to settle',
      5,
      { parts: [5], held: 5 },
      { fromHeld: 5, fromInvoices: '', left: '0.00 1:0.05' },
    ],
  ])('%s', (_, minor, from, expected) => {
    expect(taken(minor, from)).toEqual({ ...none, ...expected });
  });
});
