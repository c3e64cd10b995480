/** An invoice, difference note or late fee on paper: who, which meter, every line with its reason, what is to pay and until when. */
import { barChart } from '../../../layers/documents/bar-chart.ts';
import {
  type DisplayStyle,
  displayAmount,
  displayCode,
  displayDay,
  displayMonth,
  displayNumber,
  displayPeriod,
  inDigits,
} from '../../../layers/documents/display.ts';
import { displayCount, displayQuantity, isZero } from '../../../layers/documents/display-quantity.ts';
import type { Cell, Column, PageFlow } from '../../../layers/documents/page-flow.ts';
import type { BillLine } from '../../../layers/tariff/bill.ts';
import type { RegisterReading } from '../../metering/contract.ts';
import { amountOf, minorOf } from '../invoices/invoice-amounts.ts';
import type { StoredInvoice } from '../invoices/invoice-entity.ts';
import type { SuppliedBill } from '../invoices/invoice-schema.ts';
import { type DocumentParty, type Letterhead, openDocument, partyFacts } from './document-frame.ts';
import { type BilledRegister, type InvoiceContent, toPay } from './invoice-content.ts';
import { type Word, word, wordOr } from './labels.ts';
import { writeReference } from './write-reference.ts';

export interface InvoiceParty extends DocumentParty {
  type: string;
}

export async function drawInvoice(
  content: InvoiceContent,
  party: InvoiceParty,
  letterhead: Letterhead,
  style: DisplayStyle,
): Promise<Buffer> {
  const { invoice } = content;
  const say = (name: Word): string => word(name, style.language);
  const { flow, finish } = openDocument({
    letterhead,
    style,
    title: say(invoice.kind),
    number: invoice.invoiceNumber,
    made: invoice.createdAt,
  });
  flow.facts([
    ...partyFacts(party, style),
    [say('customerType'), wordOr(party.type, style.language)],
    ...(invoice.group === undefined ? [] : [[say('group'), invoice.group] as const]),
    [say('period'), displayPeriod(invoice.period.from, invoice.period.to, style)],
    [say('issued'), displayDay(invoice.issueDate, style)],
    [say('due'), displayDay(invoice.dueDate, style)],
    ...(content.about === undefined
      ? []
      : [
          [
            say(invoice.kind === 'returned_payment' ? 'paymentNumber' : 'about'),
            displayCode(content.about, style),
          ] as const,
        ]),
  ]);
  if (invoice.estimated) flow.line(`* ${say('estimated')}`, { size: 8, color: '#9a5b00' });
  if (invoice.bills.length === 0) writeCharge(flow, invoice, style);
  // A note is about the meters whose bills were made anew; the others have theirs on the invoice.
  const isShown = ({ madeAt }: SuppliedBill): boolean => madeAt === undefined;
  for (const [i, supplied] of invoice.bills.entries())
    if (isShown(supplied)) writeBill(flow, supplied, content.readings[i]!, style);
  if (!invoice.bills.every(isShown)) flow.line(say('othersStay'), { size: 8, color: '#5b6470' });
  flow.totals(totalRows(content, style));
  writeReference(flow, invoice.invoiceNumber, style);
  if (content.months.length > 1) writeChart(flow, content, style);
  return finish();
}

function writeBill(
  flow: PageFlow,
  { meterId, bill, estimatedKwh }: SuppliedBill,
  { previous, current, by }: BilledRegister,
  style: DisplayStyle,
): void {
  const say = (name: Word): string => word(name, style.language);
  const kwh = (value: string): string => `${displayQuantity(value, style)} ${say('kWh')}`;
  const reading = (at: RegisterReading): string =>
    `${displayQuantity(at.registerKwh, style)} (${displayDay(at.day, style)})${at.isEstimated ? ' *' : ''}`;
  flow.heading(`${say('meter')} ${displayCode(meterId, style)}`);
  flow.facts([
    ...(previous === undefined ? [] : [[say('previousReading'), reading(previous)] as const]),
    ...(current === undefined ? [] : [[say('currentReading'), reading(current)] as const]),
    ...countingFacts(by, style),
    [say('usage'), `${kwh(bill.importKwh)}${bill.estimated ? ' *' : ''}`],
    ...(isZero(bill.exportKwh) ? [] : [[say('fedIn'), kwh(bill.exportKwh)] as const]),
    ...(bill.demandKw === undefined
      ? []
      : [[say('demand'), `${displayQuantity(bill.demandKw, style)} ${say('kW')}`] as const]),
    ...(bill.demandKva === undefined
      ? []
      : [[say('demand'), `${displayQuantity(bill.demandKva, style)} ${say('kVA')}`] as const]),
    ...(isZero(estimatedKwh) ? [] : [[say('estimatedKwh'), kwh(estimatedKwh)] as const]),
  ]);
  flow.space(3);
  const columns: Column[] = [
    { heading: say('item'), share: 50 },
    { heading: say('quantity'), share: 17, align: 'figures' },
    { heading: say('rate'), share: 13, align: 'figures' },
    { heading: say('amount'), share: 20, align: 'figures' },
  ];
  flow.table(
    columns,
    bill.lines.map((line): Cell[] => [
      { text: inDigits(line.label[style.language], style), note: inDigits(line.explanation[style.language], style) },
      { text: quantityOf(line, style) },
      {
        text:
          line.unit === 'percent'
            ? `${displayNumber(line.rate, style)} ${say('percent')}`
            : displayNumber(line.rate, style),
      },
      { text: displayNumber(line.amount, style) },
    ]),
  );
}

/** Without these, the registers of an exchanged meter or one behind transformers do not tell what was used. */
function countingFacts({ multipliers, exchanges }: BilledRegister['by'], style: DisplayStyle) {
  const say = (name: Word): string => word(name, style.language);
  const on = (day: string, kwh: string | undefined): string =>
    `${kwh === undefined ? '?' : displayQuantity(kwh, style)} (${displayDay(day, style)})`;
  return [
    ...exchanges.flatMap(({ day, isDevice, finalKwh, initialKwh }) =>
      isDevice || finalKwh !== initialKwh
        ? [[say('removedReading'), on(day, finalKwh)] as const, [say('installedReading'), on(day, initialKwh)] as const]
        : [[say('atNewTransformers'), on(day, finalKwh)] as const],
    ),
    ...(multipliers.every((multiplier) => multiplier === 1)
      ? []
      : [[say('multiplier'), multipliers.map((each) => displayNumber(String(each), style)).join(' / ')] as const]),
  ];
}

/** Of a fee, a returned payment or charges of a prepaid supply, which no meter counts. */
function writeCharge(flow: PageFlow, { kind, subtotal, charges }: StoredInvoice, style: DisplayStyle): void {
  flow.space(6);
  const rows = charges?.map(({ label, from, to, amount }): Cell[] => [
    { text: inDigits(label[style.language], style), note: displayPeriod(from, to, style) },
    { text: displayNumber(amount, style) },
  ]);
  flow.table(
    [
      { heading: word('item', style.language), share: 70 },
      { heading: word('amount', style.language), share: 30, align: 'figures' },
    ],
    rows ?? [[{ text: word(kind, style.language) }, { text: displayNumber(subtotal, style) }]],
  );
}

/** Of a percentage, the amount it is of. */
function quantityOf({ quantity, unit }: BillLine, style: DisplayStyle): string {
  if (unit === 'percent') return displayNumber(quantity, style);
  if (unit === 'month' || unit === 'day') return displayCount(quantity, unit, style);
  return unit === 'bill' || unit === 'phase' || unit === 'dwelling'
    ? displayQuantity(quantity, style)
    : `${displayQuantity(quantity, style)} ${word(unit, style.language)}`;
}

function totalRows(content: InvoiceContent, style: DisplayStyle): (readonly [string, string])[] {
  const { invoice, previousBalance } = content;
  const { currency } = invoice;
  const say = (name: Word): string => word(name, style.language);
  const amount = (value: string): string => displayAmount(value, currency, style);
  const due = minorOf(toPay(content), currency);
  const sum = invoice.bills.reduce((total, { bill }) => total + minorOf(bill.total, currency), 0n);
  const own: (readonly [string, string])[] =
    invoice.kind === 'difference_note'
      ? [
          [say('newTotal'), amount(amountOf(sum, currency))],
          [say('billedBefore'), amount(amountOf(minorOf(invoice.totalAmount, currency) - sum, currency))],
          [say('difference'), amount(invoice.totalAmount)],
        ]
      : [
          [say('subtotal'), amount(invoice.subtotal)],
          ...(isZero(invoice.taxAmount) ? [] : [[say('taxes'), amount(invoice.taxAmount)] as const]),
          ...(isZero(invoice.rounding) ? [] : [[say('rounding'), amount(invoice.rounding)] as const]),
          [say('total'), amount(invoice.totalAmount)],
        ];
  return [
    ...own,
    ...(isZero(previousBalance) ? [] : [[say('previousBalance'), amount(previousBalance)] as const]),
    due < 0n ? [say('inCredit'), amount(amountOf(-due, currency))] : [say('totalDue'), amount(amountOf(due, currency))],
  ];
}

function writeChart(flow: PageFlow, { months }: InvoiceContent, style: DisplayStyle): void {
  flow.ensure(120);
  flow.heading(word('chart', style.language));
  barChart(
    flow,
    months.map(({ from, kwh, estimated, isThis }) => ({
      label: displayMonth(from, style),
      shown: `${displayQuantity(kwh.split('.')[0]!, style)}${estimated ? '*' : ''}`,
      value: Number(kwh),
      isLight: estimated,
      isMarked: isThis,
    })),
  );
}
