import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasProgram, run } from '../../test/support/programs.ts';
import { breakLines, visualRuns } from './bidi-lines.ts';
import { code128 } from './code-128.ts';
import { displayAmount, displayCode, displayNumber, displayPeriod } from './display.ts';
import { PageCanvas } from './page-canvas.ts';

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
