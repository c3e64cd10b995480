import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDecimal } from '../money/decimal.ts';
import { toMinorUnits } from '../money/money.ts';
import { normalSideOf } from './account-types.ts';
import {
  dateIn,
  dayBefore,
  firstPeriodOfYear,
  fiscalYearOf,
  lastDay,
  lastPeriodOfYear,
  shiftPeriod,
} from './fiscal-calendar.ts';
import { type LineInput, prepareLines } from './prepare-lines.ts';
import { rollUp } from './roll-up.ts';
import { standardChart, standardRoles } from './standard-chart.ts';
import { standardRules } from './standard-rules.ts';
import { additionsOf, mergeAdditions, type TotalsRow, turnoverUpTo } from './totals.ts';

const cents = fc.bigInt({ min: 1n, max: 10n ** 14n });
const text = (units: bigint, scale = 2): string => formatDecimal({ units, scale });

describe('lines', () => {
  it('that balance are accepted, and moving one minor unit refuses them', () => {
    const parts = fc.array(cents, { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(parts, fc.constantFrom('YER', 'SAR'), (amounts, currency) => {
        const total = amounts.reduce((a, b) => a + b, 0n);
        const make = (sum: bigint): LineInput[] => [
          { accountId: '1', side: 'debit', amount: text(sum), currency, rate: '3.75' },
          ...amounts.map((units) => ({
            accountId: '2',
            side: 'credit' as const,
            amount: text(units),
            currency,
            rate: '3.75',
          })),
        ];
        const prepared = prepareLines(make(total), 'YER');
        expect(prepared).toHaveProperty('lines');
        const base = ('lines' in prepared ? prepared.lines : []).map(({ side, baseAmount }) => {
          const minor = toMinorUnits(baseAmount, 'YER');
          return side === 'debit' ? minor : -minor;
        });
        expect(base.reduce((a, b) => a + b, 0n)).toBe(0n);
        for (const off of [1n, -1n])
          if (total + off > 0n) expect(prepareLines(make(total + off), 'YER')).toHaveProperty('problems');
      }),
    );
  });

  it('with base amounts that differ by more than rounding are refused', () => {
    const line = (side: 'debit' | 'credit', more: object): LineInput => ({
      accountId: '1',
      side,
      amount: '10',
      currency: 'USD',
      ...more,
    });
    const prepare = (more: object) => prepareLines([line('debit', { rate: '535' }), line('credit', more)], 'YER');
    expect(prepare({ rate: '536' })).toHaveProperty('problems');
    expect(prepare({ baseAmount: '5349.99' })).toMatchObject({ lines: [{ baseAmount: '5349.99' }, {}] });
    expect(prepare({ baseAmount: '5349.98' })).toHaveProperty('problems');
  });
});

describe('totals', () => {
  it('give at any date the sum of the lines up to it', () => {
    const posting = fc.record({
      day: fc.integer({ min: 0, max: 120 }).map((n) => new Date(Date.UTC(2026, 0, 1 + n)).toISOString().slice(0, 10)),
      units: cents,
      side: fc.constantFrom('debit' as const, 'credit' as const),
      kind: fc.constantFrom('normal' as const, 'closing' as const),
      isForeign: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(posting, { maxLength: 30 }), fc.integer({ min: -1, max: 125 }), (postings, n) => {
        const date = new Date(Date.UTC(2026, 0, 1 + n)).toISOString().slice(0, 10);
        for (const isForeign of [true, false]) {
          const own = postings.filter((one) => one.isForeign === isForeign);
          const currency = isForeign ? 'USD' : 'YER';
          const additions = own.flatMap(({ day, units, side, kind }) =>
            additionsOf(
              day,
              kind,
              [
                {
                  accountId: '1',
                  side,
                  amount: text(units),
                  currency,
                  baseAmount: text(isForeign ? units * 3n : units),
                },
              ],
              'YER',
            ),
          );
          const rows = mergeAdditions(additions).map(
            ({ numbers, ...key }) => ({ ...key, shard: 0, ...numbers }) as TotalsRow,
          );
          const sum = (side: string) =>
            own.filter((one) => one.side === side && one.day <= date).reduce((total, { units }) => total + units, 0n);
          const factor = isForeign ? 3n : 1n;
          expect(turnoverUpTo(rows, date, 'YER')).toEqual({
            debit: sum('debit'),
            credit: sum('credit'),
            baseDebit: sum('debit') * factor,
            baseCredit: sum('credit') * factor,
          });
        }
      }),
    );
  });
});

describe('the fiscal calendar', () => {
  it('knows months, years and their ends', () => {
    expect([lastDay('2024-02'), lastDay('2026-02'), lastDay('2026-12')]).toEqual([
      '2024-02-29',
      '2026-02-28',
      '2026-12-31',
    ]);
    expect([shiftPeriod('2026-12', 1), shiftPeriod('2026-01', -1), shiftPeriod('2026-03', -27)]).toEqual([
      '2027-01',
      '2025-12',
      '2023-12',
    ]);
    expect([fiscalYearOf('2026-06', 7), fiscalYearOf('2026-07', 7), fiscalYearOf('2026-01', 1)]).toEqual([
      2025, 2026, 2026,
    ]);
    expect([firstPeriodOfYear(2025, 7), lastPeriodOfYear(2025, 7), lastPeriodOfYear(2026, 1)]).toEqual([
      '2025-07',
      '2026-06',
      '2026-12',
    ]);
    expect(dayBefore('2024-03-01')).toBe('2024-02-29');
    expect([dateIn('Asia/Aden', '2026-03-31T21:00:00Z'), dateIn('America/New_York', '2026-04-01T03:59:00Z')]).toEqual([
      '2026-04-01',
      '2026-03-31',
    ]);
  });
});

describe('the standard chart', () => {
  it('holds together: unique codes, parents before children and of their type, one account a role', () => {
    const seen = new Map<string, (typeof standardChart)[number]>();
    for (const account of standardChart) {
      expect(seen.has(account.code), account.code).toBe(false);
      if (account.parentId !== undefined) {
        expect(seen.get(account.parentId), account.code).toMatchObject({ type: account.type, allowsPosting: false });
      }
      expect(account.nameAr, account.code).toMatch(/[\u0600-\u06ff]/);
      seen.set(account.code, account);
    }
    const roles = standardChart.flatMap(({ role }) => (role === undefined ? [] : [role]));
    expect(new Set(roles).size).toBe(roles.length);
    expect(
      standardChart.filter(({ type, normalSide }) => normalSide !== normalSideOf(type)).map(({ code }) => code),
    ).toEqual(['1139', '1291']);
    for (const code of Object.values(standardRoles)) expect(seen.get(code)?.allowsPosting, code).toBe(true);
  });

  it('has every role that standard rules name', () => {
    for (const { id, lines } of standardRules)
      for (const { role } of lines) expect(Object.keys(standardRoles), id).toContain(role);
  });
});

describe('groups of a statement', () => {
  it('sum what is below them and leave out what is empty', () => {
    const account = (id: string, parentId?: string) => ({
      id,
      parentId,
      name: id,
      nameAr: id,
      type: 'asset' as const,
      normalSide: 'debit' as const,
    });
    const chart = [account('9', '2'), account('1', '2'), account('2'), account('3', '2'), account('4')];
    const rows = rollUp(
      chart,
      new Map([
        ['9', 5n],
        ['1', -5n],
        ['4', 0n],
      ]),
    );
    expect(rows.map(({ accountId, depth, amount, isGroup }) => [accountId, depth, amount, isGroup])).toEqual([
      ['2', 0, 0n, true],
      ['1', 1, -5n, false],
      ['9', 1, 5n, false],
    ]);
  });
});
