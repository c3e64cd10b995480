/**
 * Draws a run of Arabic so that what is copied or searched is the text. The font draws letters and their dots apart, and one stroke
 * serves several letters, so no table from glyphs to letters can be right: each letter is marked with what it says instead.
 * Sign by sign, since readers such as poppler take a longer replacement for text in the order of the paper.
 * @see ISO 32000-1, 14.9.4 (replacement text)
 */
import type { VisualRun } from './bidi-lines.ts';

interface Place {
  xAdvance: number;
  xOffset: number;
  yOffset: number;
}

/** What PDFKit's own `text` works with and its types leave away. */
interface DrawingPdf {
  _font: {
    id: string;
    /** In thousandths of the size. */
    ascender: number;
    /** @returns codes of the glyphs in the embedded font, four hexadecimal digits each */
    encode(text: string, features: readonly string[]): [codes: string[], places: Place[]];
    ref(): unknown;
  };
  _fontSize: number;
  page: { height: number; fonts: Record<string, unknown> };
  addContent(operators: string): unknown;
}

/** @param x left edge @param top of the line @param features that the shaper is given */
export function drawRightToLeft(
  document: PDFKit.PDFDocument,
  { text, logical }: VisualRun,
  x: number,
  top: number,
  features: readonly string[],
): void {
  const pdf = document as unknown as DrawingPdf;
  const { _font: font, _fontSize: size, page } = pdf;
  const [codes, places] = font.encode(text, features);
  page.fonts[font.id] ??= font.ref();
  const baseline = page.height - top - (font.ascender / 1000) * size;
  const [[blank]] = font.encode(' ', features);
  let left = x;
  const shown = codes.map((code, i) => {
    const { xAdvance, xOffset, yOffset } = places[i]!;
    const start = round(left + (xOffset * size) / 1000);
    left += (xAdvance * size) / 1000;
    return { start, glyph: `1 0 0 1 ${start} ${round(baseline + (yOffset * size) / 1000)} Tm <${code}> Tj` };
  });
  const write = (says: string, operators: string): unknown =>
    pdf.addContent(`/Span <</ActualText <${utf16(says)}>>> BDC ${operators} EMC`);
  document.save();
  // PDFKit counts from the top of the page; letters are upright in the paper's own coordinates.
  document.transform(1, 0, 0, -1, 0, page.height);
  pdf.addContent(`BT /${font.id} ${round(size)} Tf`);
  for (const { says, marks, from, to } of lettersOf(places, logical)) {
    // Readers turn what stands from the right around, sign by sign: what is read after its letter is written before it, as a blank of
    // hardly any width on the line, since one above or below it would end the word.
    for (const mark of marks.toReversed())
      write(mark, `1 Tz 1 0 0 1 ${shown[from]!.start} ${round(baseline)} Tm <${blank}> Tj 100 Tz`);
    const glyphs = shown.slice(from, to).map(({ glyph }) => glyph);
    write(says, glyphs.join(' '));
  }
  pdf.addContent('ET');
  document.restore();
}

interface Letter {
  says: string;
  /** Vowels and the like, in the order they are read after it. */
  marks: string[];
  /** Its glyphs, in the order of the paper; `to` is the first that is not. */
  from: number;
  to: number;
}

/** Signs that stand on the letter before, or have no look. */
const withoutWidth = /[\p{M}\p{Cf}]/u;

/**
 * Glyphs stand from the left, text is read from the right. What has a width is a letter; dots and vowels have none and say nothing by
 * themselves: a letter that began with its dots would seem to begin where they are, and a gap before them to be a space.
 */
function lettersOf(places: readonly Place[], logical: string): Letter[] {
  const said: [letter: string, ...marks: string[]][] = [];
  for (const character of logical) {
    if (withoutWidth.test(character) && said.length > 0) said.at(-1)!.push(character);
    else said.push([character]);
  }
  const isLetter = ({ xAdvance }: Place): boolean => xAdvance !== 0;
  // A shaping that this cannot follow, as of a ligature, is marked as a whole.
  if (places.filter(isLetter).length !== said.length) return [{ says: logical, marks: [], from: 0, to: places.length }];
  return places.map((place, from) => {
    const [says, ...marks] = isLetter(place) ? said.pop()! : [''];
    return { says, marks, from, to: from + 1 };
  });
}

const round = (points: number): number => Math.round(points * 1000) / 1000;

/** With its byte order mark, as text strings have it. */
const utf16 = (text: string): string => Buffer.from(`\ufeff${text}`, 'utf16le').swap16().toString('hex');
