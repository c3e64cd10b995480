import { describe, expect, it } from 'vitest';
import { isEventPattern, matchesEventType, patternProblem } from './event-pattern.ts';

describe('event patterns', () => {
  it.each([
    ['*', 'invoice.paid', true],
    ['invoice.paid', 'invoice.paid', true],
    ['invoice.*', 'invoice.paid', true],
    ['production.*', 'production.order.created', true],
    ['production.order.*', 'production.order.created', true],
    ['invoice.*', 'invoices.paid', false],
    ['invoice.*', 'invoice', false],
    ['invoice.paid', 'invoice.paid_late', false],
  ])('%s on %s is %s', (pattern, type, expected) => {
    expect(matchesEventType(pattern, type)).toBe(expected);
  });

  it.each(['', '.', 'invoice.', '*.paid', 'invoice.*.x', 'Invoice.paid', 'a'.repeat(101), 'invoice**'])(
    'refuses %j',
    (pattern) => {
      expect(isEventPattern(pattern)).toBe(false);
    },
  );

  it('explains an unknown type and suggests the nearest', () => {
    const known = ['invoice.paid', 'meter.reading'];
    expect(patternProblem('invoice.payed', known)).toContain('Did you mean "invoice.paid"?');
    expect(patternProblem('payroll.*', known)).toContain('No event type matches');
    expect(patternProblem('invoice.*', known)).toBeUndefined();
    expect(patternProblem('*', known)).toBeUndefined();
  });
});
