/** A credit note: which invoice it cancels, why, and what the account got back. */
import {
  type DisplayStyle,
  displayAmount,
  displayCode,
  displayDay,
  displayPeriod,
} from '../../../layers/documents/display.ts';
import { isZero } from '../../../layers/documents/display-quantity.ts';
import { cancelWords } from '../invoices/cancel-reasons.ts';
import type { StoredInvoice } from '../invoices/invoice-entity.ts';
import { type DocumentParty, type Letterhead, openDocument, partyFacts } from './document-frame.ts';
import { word, wordOr } from './labels.ts';

/** @param day local day of the cancellation */
export async function drawCreditNote(
  invoice: StoredInvoice,
  day: string,
  party: DocumentParty,
  letterhead: Letterhead,
  style: DisplayStyle,
): Promise<Buffer> {
  const { language } = style;
  const amount = (value: string): string => displayAmount(value, invoice.currency, style);
  const { flow, finish } = openDocument({
    letterhead,
    style,
    title: word('credit_note', language),
    number: `${invoice.invoiceNumber}-C`,
    made: invoice.cancelledAt ?? invoice.updatedAt,
  });
  flow.facts([
    ...partyFacts(party, style),
    [word('issued', language), displayDay(day, style)],
    [word('cancelled', language), displayCode(invoice.invoiceNumber, style)],
    [word('period', language), displayPeriod(invoice.period.from, invoice.period.to, style)],
  ]);
  flow.facts([[word('reason', language), cancelWords(invoice.cancelReasonCode, language)]], 1);
  flow.space(6);
  flow.table(
    [
      { heading: word('item', language), share: 70 },
      { heading: word('amount', language), share: 30, align: 'figures' },
    ],
    [[{ text: wordOr(invoice.kind, language) }, { text: amount(invoice.totalAmount) }]],
  );
  flow.totals([
    ...(isZero(invoice.taxAmount) ? [] : [[word('taxes', language), amount(invoice.taxAmount)] as const]),
    [word('credited', language), amount(invoice.totalAmount)],
  ]);
  return finish();
}
