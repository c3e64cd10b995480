/** The sheet on top of a customer's invoices of one run: each invoice, what the account has to pay under one number, each meter. */
import {
  type DisplayStyle,
  displayAmount,
  displayCode,
  displayDay,
  displayNumber,
  displayPeriod,
} from '../../../layers/documents/display.ts';
import { displayQuantity, isZero } from '../../../layers/documents/display-quantity.ts';
import type { collectiveBillOf } from '../invoices/collective-bill.ts';
import { amountOf, minorOf } from '../invoices/invoice-amounts.ts';
import { type DocumentParty, type Letterhead, openDocument, partyFacts } from './document-frame.ts';
import { type Word, word } from './labels.ts';
import { writeReference } from './write-reference.ts';

export function drawCollectiveBill(
  { bill, meters }: Awaited<ReturnType<typeof collectiveBillOf>>,
  party: DocumentParty,
  letterhead: Letterhead,
  style: DisplayStyle,
): Promise<Buffer> {
  const say = (name: Word): string => word(name, style.language);
  const { flow, finish } = openDocument({
    letterhead,
    style,
    title: say('collectiveBill'),
    number: party.accountNumber,
    made: `${bill.issueDate}T00:00:00.000Z`,
  });
  flow.facts([
    ...partyFacts(party, style),
    [say('period'), displayPeriod(bill.period.from, bill.period.to, style)],
    [say('issued'), displayDay(bill.issueDate, style)],
    [say('due'), displayDay(bill.dueDate, style)],
  ]);
  if (bill.invoices.some(({ estimated }) => estimated))
    flow.line(`* ${say('estimated')}`, { size: 8, color: '#9a5b00' });
  for (const { currency, totalAmount, dueAmount, otherBalance, balance } of bill.totals) {
    const amount = (value: string): string => displayAmount(value, currency, style);
    const invoices = bill.invoices.filter((each) => each.currency === currency);
    flow.space(6);
    flow.table(
      [
        { heading: say('invoice'), share: 34 },
        { heading: say('meters'), share: 10, align: 'figures' },
        { heading: say('usage'), share: 20, align: 'figures' },
        { heading: say('amount'), share: 18, align: 'figures' },
        { heading: say('stillDue'), share: 18, align: 'figures' },
      ],
      invoices.map((each) => [
        {
          text: `${displayCode(each.invoiceNumber, style)}${each.estimated ? ' *' : ''}`,
          note: notesOf(each, each.correctedAmount && amount(each.correctedAmount), style),
        },
        { text: displayNumber(String(each.meters), style) },
        { text: `${displayQuantity(each.kwh, style)} ${say('kWh')}` },
        { text: displayNumber(each.totalAmount, style) },
        { text: displayNumber(each.dueAmount, style) },
      ]),
    );
    const due = minorOf(balance, currency);
    flow.totals([
      [say('invoicesTotal'), amount(totalAmount)],
      ...(totalAmount === dueAmount ? [] : [[say('stillDue'), amount(dueAmount)] as const]),
      ...(isZero(otherBalance) ? [] : [[say('otherBalance'), amount(otherBalance)] as const]),
      due < 0n
        ? [say('inCredit'), amount(amountOf(-due, currency))]
        : [say('totalDue'), amount(amountOf(due, currency))],
    ]);
  }
  writeReference(flow, bill.paymentReference, style);
  flow.heading(say('meters'));
  flow.table(
    [
      { heading: say('meter'), share: 24 },
      { heading: say('invoice'), share: 30 },
      { heading: say('usage'), share: 22, align: 'figures' },
      { heading: say('amount'), share: 24, align: 'figures' },
    ],
    meters.map(({ meterId, invoiceNumber, currency, period: { from, to }, kwh, estimated, amount }) => [
      {
        text: displayCode(meterId, style),
        note: from === bill.period.from && to === bill.period.to ? undefined : displayPeriod(from, to, style),
      },
      { text: displayCode(invoiceNumber, style) },
      { text: `${displayQuantity(kwh, style)} ${say('kWh')}${estimated ? ' *' : ''}` },
      { text: bill.totals.length > 1 ? displayAmount(amount, currency, style) : displayNumber(amount, style) },
    ]),
  );
  return finish();
}

const notesOf = (
  { group }: { group?: string | undefined },
  corrected: string | undefined,
  style: DisplayStyle,
): string | undefined =>
  [group, corrected && `${word('newTotal', style.language)}: ${corrected}`].filter(Boolean).join(' · ') || undefined;
