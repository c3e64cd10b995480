import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasProgram, run } from '../../test/support/programs.ts';
import { breakLines, visualRuns } from './bidi-lines.ts';
import { code128 } from './code-128.ts';
import { displayAmount, displayCode, displayNumber, displayPeriod } from './display.ts';
import { displayCount, displayQuantity } from './display-quantity.ts';
import { PageCanvas } from './page-canvas.ts';
import { PageFlow } from './page-flow.ts';

const texts = (line: string, direction: 'ltr' | 'rtl') => visualRuns(line, direction).map(({ text }) => text);

describe('a line in Arabic', () => {
  it('stands from right to left with its numbers from left to right', () => {
    expect(texts('بمبلغ 14,250.00 ريال', 'rtl')).toEqual([' ريال', '14,250.00', 'بمبلغ ']);
  });
  it('turns brackets to face the other way', () => {
    expect(texts('(تقديرية)', 'rtl')).toEqual([')تقديرية(']);
  });
  it('keeps a code with a hyphen whole where it is marked', () => {
    expect(texts(`رقم ${displayCode('1000-2026', { language: 'ar' })}`, 'rtl')).toEqual(['1000-2026', 'رقم ']);
  });
  it('keeps days, phones and negative amounts in free text as they are typed', () => {
    expect(texts('بتاريخ 2026-05-01 (بلاغ 7)', 'rtl')).toEqual(['(', '7', ' )بلاغ ', '2026-05-01', 'بتاريخ ']);
    const phone = texts('هاتف +967 5 303 303، info@x.example', 'rtl');
    expect(phone).toEqual(['info@x.example', ' ،', '+967 5 303 303', 'هاتف ']);
    expect(texts('5% من -1305.50', 'rtl')).toContain('-1305.50');
  });
  it('gives the shaper Arabic digits turned around, since it turns them back', () => {
    expect(texts('٣٠ أبريل', 'rtl')).toEqual([' أبريل', '٠٣']);
  });
  it('is one run in an English line', () => {
    expect(texts('for أحمد صالح, No. 12', 'ltr')).toEqual(['for ', 'أحمد صالح', ', No. 12']);
  });
});

it('lines are broken at spaces, and a word that is too long is cut', () => {
  expect(breakLines('aa bb cccccc d', 4, (text) => text.length)).toEqual(['aa', 'bb', 'cccc', 'cc d']);
});

it('letters join: a word is narrower than its letters one by one, and one document is the same bytes twice', async () => {
  const make = () => new PageCanvas({ direction: 'rtl', title: 'x', language: 'ar', made: new Date(0) });
  const canvas = make();
  const apart = [...'كهرباء'].reduce((sum, letter) => sum + canvas.widthOf(letter), 0);
  expect(canvas.widthOf('كهرباء')).toBeLessThan(apart * 0.9);
  const draw = async () => {
    const page = make();
    page.text('فاتورة كهرباء رقم 12', 0, 40, 200);
    return page.finish(() => {});
  };
  expect((await draw()).equals(await draw())).toBe(true);
});

it.runIf(hasProgram('pdfinfo', 'poppler-utils'))(
  'a row of a table has as many cells as its heading, to a screen reader too: small print is in the cell it is of',
  async () => {
    const canvas = new PageCanvas({ direction: 'ltr', title: 'x', language: 'en', made: new Date(0) });
    const columns = [
      { heading: 'Item', share: 2 },
      { heading: 'Debit', share: 1 },
      { heading: 'Balance', share: 1 },
    ];
    new PageFlow(canvas, () => {}).table(columns, [
      [{ text: 'Energy', note: 'in blocks' }, { text: '' }, { text: '5' }],
    ]);
    const file = join(mkdtempSync(join(tmpdir(), 'table-')), 'x.pdf');
    writeFileSync(file, await canvas.finish(() => {}));
    const { stdout } = await run('pdfinfo', ['-struct-text', file]);
    rmSync(dirname(file), { recursive: true });
    const [, head, row] = stdout.split(/^ *TR$/m);
    expect(head!.match(/^ *TH$/gm)).toHaveLength(3);
    const cells = row!.split(/^ *TD$/m).slice(1);
    expect(cells.map((cell) => cell.match(/"(.*)"/g) ?? [])).toEqual([['"Energy"', '"in blocks"'], ['""'], ['"5"']]);
  },
);

it('quantities are as exact as a meter, and Arabic has the form that the number asks for', () => {
  const en = { language: 'en', digits: 'latin' } as const;
  const ar = { language: 'ar', digits: 'latin' } as const;
  for (const [decimal, shown] of [
    ['356.822000', '356.822'],
    ['63.3336', '63.334'],
    ['-0.0004', '0'],
    ['999.9996', '1,000'],
    ['100', '100'],
    ['-2.50', '-2.5'],
  ])
    expect(displayQuantity(decimal!, en)).toBe(shown);
  expect(() => displayQuantity('1e5', en)).toThrow(RangeError);
  const months = (count: string) => displayCount(count, 'month', ar);
  expect(['1', '2', '3', '11', '100', '0.633333', '0'].map(months)).toEqual([
    ...['شهر', 'شهران', '3 أشهر', '11 شهرًا', '100 شهر', '0.633 شهر', '0 شهر'],
  ]);
  expect(displayCount('12.000000', 'day', { ...ar, digits: 'arabic' })).toBe('١٢ يومًا');
  expect([displayCount('1.0', 'month', en), displayCount('0.5', 'month', en)]).toEqual(['1 month', '0.5 months']);
});

it('any name can be drawn, whatever letters it has', () => {
  const canvas = new PageCanvas({ direction: 'rtl', title: 'x', language: 'ar', made: new Date(0) });
  const draw = (text: string): void => void canvas.text(text, 0, 40, 200);
  // Letters without a place for their dots, and signs that stand nowhere.
  for (const text of ['ڣ ڢ ڥ', 'ۖب', '\u0600\u064b', 'ݠ', '\ud800', '👨‍👩‍👧', 'می‌خواهم']) draw(text);
  const arabic = fc.integer({ min: 0x600, max: 0x8ff }).map((code) => String.fromCodePoint(code));
  const letters = fc.oneof(
    arabic,
    arabic,
    fc.string({ unit: 'binary', maxLength: 4 }),
    fc.constantFrom('(', '-5', ' '),
  );
  fc.assert(
    fc.property(fc.array(letters, { maxLength: 12 }), (parts) => draw(parts.join(''))),
    { numRuns: 80 },
  );
});

const hasPdftotext = hasProgram('pdftotext', 'poppler-utils');

it.skipIf(!hasPdftotext)('another program reads the text of a page and counts the pages', async () => {
  const canvas = new PageCanvas({ direction: 'rtl', title: 'x', language: 'ar', made: new Date(0) });
  canvas.text('Meter MTR-001', 0, 40, 200);
  canvas.addPage();
  canvas.text('1,234.50', 0, 40, 200);
  const file = join(mkdtempSync(join(tmpdir(), 'document-')), 'x.pdf');
  writeFileSync(file, await canvas.finish((page, pages) => void canvas.text(`${page}/${pages}`, 0, 800, 100)));
  const { stdout } = await run('pdftotext', ['-layout', file, '-']);
  rmSync(dirname(file), { recursive: true });
  const pages = stdout.split('\f').slice(0, 2);
  expect(pages[0]).toMatch(/Meter MTR-001[\s\S]*1\/2/);
  expect(pages[1]).toMatch(/1,234\.50[\s\S]*2\/2/);
});

it.skipIf(!hasPdftotext)('another program reads Arabic in the order it is spoken', async () => {
  const canvas = new PageCanvas({ direction: 'rtl', title: 'x', language: 'ar', made: new Date(0) });
  const lines = [
    ...['فاتورة كهرباء', 'رسم اشتراك شهري عن 19 يوم', 'الأول إلى الآن للاستهلاك', 'محتسب بالله ثلاث'],
    // Signs above and below are copied with their letters.
    ...['شهريًا مكتبًا 11 شهرًا', 'يومٌ واحدٌ كلِّهم', 'سِجِلٌّ مُحَدَّثٌ لِلْمُشْتَرِكِينَ'],
  ];
  lines.forEach((line, i) => void canvas.text(line, 0, 40 + 40 * i, 400));
  const file = join(mkdtempSync(join(tmpdir(), 'document-')), 'x.pdf');
  const bytes = await canvas.finish(() => {});
  writeFileSync(file, bytes);
  const { stdout } = await run('pdftotext', ['-layout', file, '-']);
  rmSync(dirname(file), { recursive: true });
  const read = stdout.replace(/[\u202a-\u202e\u2066-\u2069]/g, '').split('\n');
  // Beside a number the program guesses from gaps on which side the space is.
  const spaced = (line: string): string => line.trim().replace(/\s*(\d+)\s*/g, ' $1 ');
  expect(read.map(spaced).filter(Boolean)).toEqual(lines);
  expect(bytes.includes('/Lang (ar)')).toBe(true);
  expect(bytes.includes('/Marked true')).toBe(true);
});

it('numbers are grouped exactly, in the digits that are wished', () => {
  const arabic = { language: 'ar', digits: 'arabic' } as const;
  const latin = { language: 'ar', digits: 'latin' } as const;
  expect(displayNumber('12345678901234567890.05', latin)).toBe('12,345,678,901,234,567,890.05');
  expect(displayNumber('-1234.5', latin)).toBe('\u200e-1,234.5');
  expect(displayAmount('1234.50', 'YER', arabic)).toBe('١٬٢٣٤٫٥٠ ريال يمني');
  expect(displayPeriod('2026-04-01', '2026-05-01', { language: 'en', digits: 'latin' })).toBe(
    '1 Apr 2026 to 30 Apr 2026',
  );
});

it('a barcode has the symbols and the check of ISO/IEC 15417', () => {
  // Start B, P, J, J, to C, 12, 34, 56, check, stop: 11 modules each, the stop 13.
  const bars = code128('PJJ123456');
  expect(bars.reduce((sum, modules) => sum + modules, 0)).toBe(9 * 11 + 13);
  expect(bars.slice(0, 6)).toEqual([2, 1, 1, 2, 1, 4]);
  expect(() => code128('فاتورة')).toThrow(RangeError);
});
