/** Invoices of every kind as another program reads them from the PDF: words in their order, quantities as meters have them, pages. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import type { Language } from '../../../layers/documents/display.ts';
import type { Bill } from '../../../layers/tariff/bill.ts';
import { april, period, tariff } from '../../../layers/tariff/golden/golden-case.ts';
import { rateBill } from '../../../layers/tariff/rate-bill.ts';
import { hasProgram, run } from '../../../test/support/programs.ts';
import type { CountedWith } from '../../metering/contract.ts';
import type { StoredInvoice } from '../invoices/invoice-entity.ts';
import { drawInvoice } from './draw-invoice.ts';
import type { InvoiceContent } from './invoice-content.ts';

const hasPdftotext = hasProgram('pdftotext', 'poppler-utils');

const components = [
  { kind: 'energy', code: 'energy', label: { en: 'Energy', ar: 'طاقة كهربائية' }, blocks: [{ rate: '25' }] },
  { kind: 'fixed', code: 'service', label: { en: 'Service', ar: 'رسم اشتراك شهري' }, amount: '300' },
];
const sheet = [tariff(components, { currency: 'YER' })];
const made = '2026-05-03T08:00:00.000Z';

const plain = { multipliers: [1], exchanges: [] };

function contentOf(
  bills: Bill[],
  more: Partial<StoredInvoice> = {},
  about?: string,
  by: CountedWith = plain,
): InvoiceContent {
  const invoice = {
    ...{ id: 'inv_1', invoiceNumber: 'INV-2026-0000123', kind: 'invoice', customerId: 'cus_1', accountNumber: '1000' },
    ...{ issueDate: '2026-05-03', dueDate: '2026-05-20', currency: 'YER', status: 'issued', estimated: false },
    ...{ subtotal: '250.00', taxAmount: '0.00', rounding: '0.00', totalAmount: '250.00', fixedCharges: '0.00' },
    ...{ paidAmount: '0.00', dueAmount: '250.00', period: { from: '2026-04-01', to: '2026-05-01' } },
    ...{ version: 1, createdAt: made, updatedAt: made },
    bills: bills.map((bill, i) => ({
      ...{ supplyId: `s${i}`, meterId: `ACR-${i}`, tariffId: 't', estimatedKwh: '0', findings: [], bill },
    })),
    ...more,
  } as StoredInvoice;
  const registers = { previous: undefined, current: undefined, by };
  return { invoice, readings: bills.map(() => registers), about, previousBalance: '-10.50', months: [] };
}

async function read(content: InvoiceContent, language: Language, footer?: string): Promise<string[]> {
  const party = { name: 'x', accountNumber: '1000', type: 'residential' };
  const bytes = await drawInvoice(content, party, { utility: 'U', footer }, { language, digits: 'latin' });
  const file = join(mkdtempSync(join(tmpdir(), 'invoice-')), 'x.pdf');
  writeFileSync(file, bytes);
  const { stdout } = await run('pdftotext', ['-layout', file, '-']);
  rmSync(dirname(file), { recursive: true });
  return stdout
    .replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .split('\f')
    .filter((page) => page.trim() !== '');
}

it.skipIf(!hasPdftotext)('an Arabic invoice is read in the order it is spoken', async () => {
  const [page] = await read(contentOf([rateBill(sheet, april('356.822'))]), 'ar');
  for (const words of ['فاتورة كهرباء', 'رسم اشتراك شهري', 'طاقة كهربائية', 'المطلوب سداده', 'INV-2026-0000123'])
    expect(page).toContain(words);
  expect(page).toMatch(/-10\.50\s*ريال يمني/);
});

it.skipIf(!hasPdftotext)('quantities are as exact as meters, months in words', async () => {
  const part = period('2026-04-12', '2026-05-01', '101.333333', { nominal: { from: '2026-04-01', to: '2026-05-01' } });
  const [page] = await read(contentOf([rateBill(sheet, part)]), 'en');
  expect(page).toContain('101.333 kWh');
  expect(page).toContain('0.633 months');
  const [whole] = await read(contentOf([rateBill(sheet, april('100'))]), 'en');
  expect(whole).toMatch(/1 month\s/);
});

it.skipIf(!hasPdftotext)('charges of a prepaid supply that ended are told line by line, with their days', async () => {
  const label = { en: 'Service', ar: 'اشتراك' };
  const charges = [{ label, from: '2026-07-01', to: '2026-08-22', amount: '503.23' }] as StoredInvoice['charges'];
  const [page] = await read(contentOf([], { kind: 'prepaid_charges', charges }), 'en');
  expect(page).toMatch(/Charges of a prepaid supply/);
  expect(page).toMatch(/Service[\s\S]*503\.23/);
});

it.skipIf(!hasPdftotext)('a fee has its charge, and says which invoice it is about', async () => {
  const [page] = await read(contentOf([], { kind: 'late_fee' }, 'INV-2026-0000111'), 'en');
  expect(page).toMatch(/About invoice\s+INV-2026-0000111/);
  expect(page).toMatch(/Late fee\s+250\.00/);
  const [returned] = await read(contentOf([], { kind: 'returned_payment' }, 'PAY-2026-0000042'), 'en');
  expect(returned).toMatch(/Payment number\s+PAY-2026-0000042/);
  const [note] = await read(contentOf([rateBill(sheet, april('1'))], { kind: 'difference_note' }, 'INV-1'), 'ar');
  expect(note).toContain('إشعار فرق');
});

it.skipIf(!hasPdftotext)(
  'a note shows the meter whose bill was made anew, and the others in its total alone',
  async () => {
    const { invoice, ...rest } = contentOf(
      Array.from({ length: 3 }, () => rateBill(sheet, april('1'))),
      { kind: 'difference_note' },
    );
    const bills = invoice.bills.map((each, i) => (i === 1 ? each : { ...each, madeAt: made }));
    const [page] = await read({ ...rest, invoice: { ...invoice, bills } }, 'en');
    expect(page!.match(/Meter ACR-\d/g)).toEqual(['Meter ACR-1']);
    expect(page).toContain('The other meters of the invoice stay as they were billed.');
    expect(page).toMatch(/Corrected total\s+975\.00/);
  },
);

it.skipIf(!hasPdftotext)('an invoice of a group of meters says which', async () => {
  const [page] = await read(contentOf([rateBill(sheet, april('1'))], { group: 'Northern branch' }), 'en');
  expect(page).toMatch(/Group\s+Northern branch/);
});

it.skipIf(!hasPdftotext)(
  'an invoice says what its registers are multiplied by, and what an exchanged meter showed',
  async () => {
    const by = {
      multipliers: [40, 4000],
      exchanges: [
        { day: '2026-04-15', isDevice: true, finalKwh: '1145', initialKwh: '5.5' },
        { day: '2026-04-20', isDevice: false, finalKwh: '17', initialKwh: '17' },
      ],
    };
    const [page] = await read(contentOf([rateBill(sheet, april('1'))], {}, undefined, by), 'en');
    expect(page).toMatch(/Old meter, last\s+1,145 \(15 Apr 2026\)/);
    expect(page).toMatch(/New meter, first\s+5\.5 \(15 Apr 2026\)/);
    expect(page).toMatch(/At new transformers\s+17 \(20 Apr 2026\)/);
    expect(page).toMatch(/Multiplier\s+40 \/ 4,000/);
    expect((await read(contentOf([rateBill(sheet, april('1'))]), 'en'))[0]).not.toContain('Multiplier');
  },
);

it.skipIf(!hasPdftotext)('a long footer stands whole on every page, below everything else', async () => {
  const footer = `${'Pay at our branches or by wallet. '.repeat(14)}THE END`;
  const bills = Array.from({ length: 12 }, () => rateBill(sheet, april('100')));
  const pages = await read(contentOf(bills), 'en', footer);
  expect(pages.length).toBeGreaterThan(1);
  for (const page of pages) {
    expect(page.split('Pay at our').length).toBe(15);
    expect(page.trim().endsWith('THE END')).toBe(true);
  }
});

it.skipIf(!hasPdftotext)('many meters take many pages, each numbered and with the head of its table', async () => {
  const bills = Array.from({ length: 40 }, () => rateBill(sheet, april('100')));
  const pages = await read(contentOf(bills), 'en');
  expect(pages.length).toBeGreaterThan(4);
  pages.forEach((page, i) => {
    expect(page).toContain(`Page ${i + 1} of ${pages.length}`);
    if (i < pages.length - 1) expect(page).toMatch(/Item\s+Quantity\s+Price\s+Amount/);
    if (i > 0) expect(page).toContain('U · Electricity invoice INV-2026-0000123');
  });
});
