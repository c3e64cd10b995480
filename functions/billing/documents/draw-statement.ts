/** A statement of account: every entry between two days with the balance after it; as many pages as it takes. */
import {
  type DisplayStyle,
  displayAmount,
  displayCode,
  displayDay,
  displayNumber,
  displayPeriod,
} from '../../../layers/documents/display.ts';
import { isZero } from '../../../layers/documents/display-quantity.ts';
import { addDays } from '../../../layers/tariff/calendar.ts';
import type { statementOf } from '../accounts/show-account.ts';
import { type DocumentParty, type Letterhead, openDocument, partyFacts } from './document-frame.ts';
import { word, wordOr } from './labels.ts';

export type Statement = Awaited<ReturnType<typeof statementOf>>;

export async function drawStatement(
  statement: Statement,
  party: DocumentParty,
  letterhead: Letterhead,
  style: DisplayStyle,
): Promise<Buffer> {
  const { language } = style;
  const { from, to, currency, opening, closing, entries } = statement;
  const { flow, finish } = openDocument({
    letterhead,
    style,
    title: word('statement', language),
    number: party.accountNumber,
    made: `${to}T00:00:00.000Z`,
  });
  flow.facts([
    ...partyFacts(party, style),
    [word('period', language), displayPeriod(from, addDays(to, 1), style)],
    [word('opening', language), displayAmount(opening, currency, style)],
  ]);
  flow.space(6);
  const amount = (value: string): { text: string } => ({
    text: isZero(value) ? '' : displayNumber(value, style),
  });
  flow.table(
    [
      { heading: word('date', language), share: 16 },
      { heading: word('entry', language), share: 38 },
      { heading: word('debit', language), share: 15, align: 'figures' },
      { heading: word('credit', language), share: 16, align: 'figures' },
      { heading: word('balance', language), share: 15, align: 'figures' },
    ],
    entries.map(({ date, type, reference, description, debit, credit, balance }) => [
      { text: displayDay(date, style) },
      { text: description?.[language] ?? wordOr(type, language), note: displayCode(reference, style) },
      amount(debit),
      amount(credit),
      { text: displayNumber(balance, style) },
    ]),
  );
  flow.totals([[word('closing', language), displayAmount(closing, currency, style)]]);
  return finish();
}
