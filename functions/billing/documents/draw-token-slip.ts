/** A slip with a prepayment token: twenty digits in groups of four, large, to be keyed into the meter from left to right. */
import { type DisplayStyle, displayCode, displayDay } from '../../../layers/documents/display.ts';
import { contentWidth } from '../../../layers/documents/page-canvas.ts';
import { type DocumentParty, type Letterhead, openDocument, partyFacts } from './document-frame.ts';
import { word } from './labels.ts';

export interface TokenSlip {
  /** Of the vending. */
  number: string;
  meterId: string;
  /** Twenty digits each. */
  tokens: readonly string[];
  /** Local day. */
  day: string;
  /** Moment of the vending, ISO 8601. */
  made: string;
  /** Name and shown text, e.g. energy, price, arrears recovered, taxes; the last is the sum paid. */
  lines: readonly (readonly [name: string, value: string])[];
}

export async function drawTokenSlip(
  slip: TokenSlip,
  party: DocumentParty,
  letterhead: Letterhead,
  style: DisplayStyle,
): Promise<Buffer> {
  const { language } = style;
  const { flow, finish } = openDocument({
    letterhead,
    style,
    title: word('tokenSlip', language),
    number: slip.number,
    made: slip.made,
  });
  flow.facts([
    ...partyFacts(party, style),
    [word('meter', language), displayCode(slip.meterId, style)],
    [word('date', language), displayDay(slip.day, style)],
  ]);
  flow.space(10);
  for (const token of slip.tokens) {
    flow.ensure(48);
    flow.canvas.box(0, flow.top, contentWidth, 40, '#eef4f8');
    // A meter's keypad has these digits, and they are pressed in this order, in every language.
    flow.canvas.text(groupsOfFour(token), 0, flow.top + 5, contentWidth, {
      font: 'bold',
      size: 18,
      align: 'center',
      direction: 'ltr',
    });
    flow.space(48);
  }
  if (slip.lines.length > 0) flow.totals(slip.lines);
  return finish();
}

export const groupsOfFour = (token: string): string => token.replace(/(\d{4})(?=\d)/g, '$1 ');
