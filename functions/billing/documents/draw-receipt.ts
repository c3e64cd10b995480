/** A receipt: how much was paid, how, and what it settled. */
import {
  type DisplayStyle,
  displayAmount,
  displayCode,
  displayDay,
  displayNumber,
} from '../../../layers/documents/display.ts';
import { isZero } from '../../../layers/documents/display-quantity.ts';
import type { Payment } from '../payments/payment-schema.ts';
import { type DocumentParty, type Letterhead, openDocument, partyFacts, writeCopyMark } from './document-frame.ts';
import { word, wordOr } from './labels.ts';

/** @param day local day it was received @param print from 2 on the receipt is a copy */
export async function drawReceipt(
  payment: Payment & { createdAt: string; receiptNumber: string },
  day: string,
  party: DocumentParty,
  letterhead: Letterhead,
  style: DisplayStyle,
  print = 1,
): Promise<Buffer> {
  const { language } = style;
  const { flow, finish } = openDocument({
    letterhead,
    style,
    title: word('receipt', language),
    number: payment.receiptNumber,
    made: payment.createdAt,
  });
  writeCopyMark(flow, print, style);
  if (payment.status === 'reversed')
    flow.line(word('reversed', language), { font: 'bold', size: 10, color: '#a01818' });
  flow.facts([
    ...partyFacts(party, style),
    [word('receivedAt', language), displayDay(day, style)],
    [word('method', language), wordOr(payment.method, language)],
    [word('paymentNumber', language), displayCode(payment.paymentNumber, style)],
    ...(payment.purpose === undefined || payment.purpose === 'debt'
      ? []
      : [[word('purpose', language), word(payment.purpose, language)] as const]),
    ...(payment.externalReference === undefined
      ? []
      : [[word('reference', language), displayCode(payment.externalReference, style)] as const]),
  ]);
  flow.space(6);
  const { currency } = payment;
  if (payment.allocations.length > 0)
    flow.table(
      [
        { heading: word('settled', language), share: 70 },
        { heading: word('amount', language), share: 30, align: 'figures' },
      ],
      payment.allocations.map(({ invoiceNumber, amount }) => [
        { text: displayCode(invoiceNumber, style) },
        { text: displayNumber(amount, style) },
      ]),
    );
  flow.totals([
    ...(isZero(payment.advanceAmount)
      ? []
      : [[word('advance', language), displayAmount(payment.advanceAmount, currency, style)] as const]),
    [word('received', language), displayAmount(payment.amount, currency, style)],
  ]);
  return finish();
}
