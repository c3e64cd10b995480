import { expect, it } from 'vitest';
import type { PrepaidAccount } from './prepaid-account.ts';
import { limitsOf, refuseBeyondLimits } from './purchase-limits.ts';
import { prepaidSettingsSchema } from './settings.ts';

const account = { paid: { day: '2026-06-15', dayMinor: '300', monthMinor: '300' } } as PrepaidAccount;
const settings = prepaidSettingsSchema.parse({
  minimumAmount: '100.5',
  maximumAmount: '500.5',
  dailyLimit: '800.5',
  monthlyLimit: '299.9',
});

it('limits that are finer than the currency of a tariff hold for what can be paid in it', () => {
  const limits = limitsOf(account, settings, 'JPY');
  expect(limits).toEqual({ minimumAmount: '101', maximumAmount: '500', leftToday: '500', leftThisMonth: '0' });
  expect(() => refuseBeyondLimits(100n, limits, 'JPY')).toThrow('A purchase is at least 101 JPY.');
  expect(() => refuseBeyondLimits(501n, limits, 'JPY')).toThrow('A purchase is at most 500 JPY.');
});

it('limits as fine as the currency are held to exactly', () => {
  expect(limitsOf(account, settings, 'YER')).toEqual({
    minimumAmount: '100.50',
    maximumAmount: '500.50',
    leftToday: '797.50',
    leftThisMonth: '296.90',
  });
});
