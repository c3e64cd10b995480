import { describe, expect, it } from 'vitest';
import { errorStatus } from '../errors/error-codes.ts';
import { fillTemplate, negotiateLocale } from './locale.ts';
import { errorMessages } from './messages.ts';

describe('negotiateLocale', () => {
  it.each([
    [undefined, 'en'],
    ['ar', 'ar'],
    ['ar-YE,ar;q=0.9,en;q=0.8', 'ar'],
    ['en;q=0.3, ar;q=0.7', 'ar'],
    ['fr, de;q=0.9', 'en'],
    ['ar;q=0', 'en'],
    [';;;,,,', 'en'],
  ])('%s gives %s', (header, expected) => {
    expect(negotiateLocale(header)).toBe(expected);
  });
});

describe('error messages', () => {
  it.each(Object.keys(errorStatus) as (keyof typeof errorStatus)[])(
    '%s exists in both languages with the same placeholders',
    (code) => {
      const placeholders = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();
      expect(errorMessages[code].ar).toMatch(/[\u0600-\u06ff]/);
      expect(placeholders(errorMessages[code].ar)).toEqual(placeholders(errorMessages[code].en));
    },
  );

  it('shows an ellipsis for a value that is missing', () => {
    expect(fillTemplate('a {b}', {})).toBe('a …');
  });
});
