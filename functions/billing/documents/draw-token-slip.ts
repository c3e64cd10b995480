/** A slip with a prepayment token: twenty digits in groups of four, large, to be keyed into the meter from left to right. */
import { type DisplayStyle, displayAmount, displayCode, displayDay } from '../../../layers/documents/display.ts';
import { displayQuantity, isZero } from '../../../layers/documents/display-quantity.ts';
import { contentWidth } from '../../../layers/documents/page-canvas.ts';
import { groupToken } from '../prepaid/sts-numbers.ts';
import type { VendParts } from '../prepaid/vend-schema.ts';
import { type DocumentParty, type Letterhead, openDocument, partyFacts, writeCopyMark } from './document-frame.ts';
import { type Word, word } from './labels.ts';
import type { TokenSlip } from './token-slip.ts';

/** @param party whose meter it is; a technician's token is nobody's @param print from 2 on the slip is a copy */
export async function drawTokenSlip(
  slip: TokenSlip,
  party: DocumentParty | undefined,
  letterhead: Letterhead,
  style: DisplayStyle,
  print = 1,
): Promise<Buffer> {
  const { language } = style;
  const { flow, finish } = openDocument({
    letterhead,
    style,
    title: word('tokenSlip', language),
    number: slip.number,
    made: slip.made,
  });
  writeCopyMark(flow, print, style);
  flow.facts([
    ...(party === undefined ? [] : partyFacts(party, style)),
    [word('meter', language), displayCode(slip.meterNumber, style)],
    [word('date', language), displayDay(slip.day, style)],
    [word('purpose', language), word(`token_${slip.kind}`, language)],
  ]);
  flow.space(10);
  if (slip.tokens.length > 1) flow.line(word('keyInOrder', language), { font: 'bold', size: 9 });
  for (const token of slip.tokens) {
    flow.ensure(48);
    flow.canvas.box(0, flow.top, contentWidth, 40, '#eef4f8');
    // A meter's keypad has these digits, and they are pressed in this order, in every language.
    flow.canvas.text(groupToken(token), 0, flow.top + 5, contentWidth, {
      font: 'bold',
      size: 18,
      align: 'center',
      direction: 'ltr',
    });
    flow.space(48);
  }
  if (slip.parts !== undefined) {
    flow.totals(whereMoneyWent(slip.parts, style));
    flow.line(energyOf(slip.parts, style), { font: 'bold', size: 12, color: '#0b4a6f' });
  }
  return finish();
}

function energyOf({ energyKwh, freeKwh }: VendParts, style: DisplayStyle): string {
  const say = (name: Word): string => word(name, style.language);
  const kwh = (value: string): string => `${displayQuantity(value, style)} ${say('kWh')}`;
  const free = isZero(freeKwh) ? '' : ` (${say('freeOfIt')} ${kwh(freeKwh)})`;
  return `${say('energy')}: ${kwh(energyKwh)}${free}`;
}

/** They add up to what was paid: `amount + carriedIn = arrears + energy + fixed + taxes + carriedOut`. */
function whereMoneyWent(parts: VendParts, style: DisplayStyle): (readonly [string, string])[] {
  const { currency } = parts;
  const row = (name: Word, value: string, sign = ''): (readonly [string, string])[] =>
    isZero(value) ? [] : [[word(name, style.language), displayAmount(sign + value, currency, style)]];
  return [
    ...row('energy', parts.energyAmount),
    ...row('fixedCharges', parts.fixedAmount),
    ...row('taxes', parts.taxAmount),
    ...row('arrears', parts.arrearsAmount),
    ...row('carriedIn', parts.carriedIn, '-'),
    ...row('carriedOut', parts.carriedOut),
    [word('received', style.language), displayAmount(parts.amount, currency, style)],
  ];
}
