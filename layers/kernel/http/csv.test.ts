/** Cells as spreadsheets read them: text stays text, numbers stay numbers, whatever they begin with. */
import { expect, it } from 'vitest';
import { toCsv } from './csv.ts';

const cellOf = (text: string): string => toCsv([[text]]).slice(1, -2);

it.each([
  '=1',
  '=1+1',
  '@5',
  '+1+1',
  '-1-cmd',
  '  =1+1',
  '\u0000=1+1',
  '\t=1+1',
  '\tplain',
  '\uff1d1+1',
  '\uff0dA1',
  '\u00a0@SUM(A1)',
])('keeps %j from being a formula', (text) => {
  expect(cellOf(text).startsWith("'")).toBe(true);
});

it.each(['-3.50', '+5', '0', '1234567.891', '12%', 'a=b', 'محوّل المدينة', '    Energy sales', '2026-04-01'])(
  'leaves %j alone',
  (text) => {
    expect(cellOf(text)).toBe(text);
  },
);

it('says that it is UTF-8, and quotes what separates', () => {
  expect(toCsv([['a,b', 'c"d', 'e\nf', '=HYPERLINK("x",1)']])).toBe(
    '\ufeff"a,b","c""d","e\nf","\'=HYPERLINK(""x"",1)"\r\n',
  );
});
