import { describe, expect, it } from 'vitest';
import { binSchema, hasControlDigit } from './bin-entity.ts';

describe('a BIN', () => {
  it.each(['123456789012', '000000000000', ' 123456789012 '])('is twelve digits: "%s"', (bin) => {
    expect(binSchema().parse(bin)).toBe(bin.trim());
  });

  it.each(['', '12345678901', '1234567890123', '12345678901a', '１２３４５６７８９０１２', '123 456789012'])(
    'is nothing else: "%s"',
    (bin) => {
      expect(binSchema().safeParse(bin).success).toBe(false);
    },
  );
});

describe('the control digit', () => {
  // Of companies that publish theirs.
  it.each(['970740000838', '940140000385'])('fits in %s, and no other digit does', (bin) => {
    expect(hasControlDigit(bin)).toBe(true);
    for (let i = 1; i < 10; i++) expect(hasControlDigit(bin.slice(0, 11) + ((Number(bin[11]) + i) % 10))).toBe(false);
  });

  it.each(['123456789012', '', '12345678901', 'abcdefghijkl'])('does not fit in "%s"', (bin) => {
    expect(hasControlDigit(bin)).toBe(false);
  });
});
