/** What is refused when a version is published, beyond its schema. */
import { expect, it } from 'vitest';
import { energy, tariff } from '../../../layers/tariff/golden/golden-case.ts';
import { checkReferences } from './check-references.ts';

it.each([
  ['YER', '5', true],
  ['YER', '0.05', true],
  ['YER', '0.0500', true],
  ['YER', '0.005', false],
  ['YER', '0.025', false],
  ['KWD', '0.025', true],
  ['JPY', '0.5', false],
])('a total in %s that is a multiple of %s can be paid: %s', (currency, totalTo, canBe) => {
  const version = tariff([energy('energy', ['5'])], { currency, rounding: { totalTo } });
  const check = () => checkReferences(version);
  if (canBe) expect(check).not.toThrow();
  else expect(check).toThrow('/rounding/totalTo');
});
