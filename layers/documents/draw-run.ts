/**
 * Draws a run of Arabic so that what is copied or searched is the text. The font draws letters and their dots apart, and one stroke
 * serves several letters, so no table from glyphs to letters can be right: each letter is marked with what it says instead.
 * Letter by letter, since readers such as poppler take a longer replacement for text in the order of the paper.
 * @see ISO 32000-1, 14.9.4 (replacement text)
 */
import type { VisualRun } from './bidi-lines.ts';

interface Glyph {
  codePoints: readonly number[];
}
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
    layout(text: string, features: readonly string[]): { glyphs: Glyph[]; positions: Place[] };
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
  const { glyphs } = font.layout(text, features);
  const [codes, places] = font.encode(text, features);
  page.fonts[font.id] ??= font.ref();
  const baseline = page.height - top - (font.ascender / 1000) * size;
  let left = x;
  const shown = codes.map((code, i) => {
    const { xAdvance, xOffset, yOffset } = places[i]!;
    const at = `${round(left + (xOffset * size) / 1000)} ${round(baseline + (yOffset * size) / 1000)}`;
    left += (xAdvance * size) / 1000;
    return `1 0 0 1 ${at} Tm <${code}> Tj`;
  });
  document.save();
  // PDFKit counts from the top of the page; letters are upright in the paper's own coordinates.
  document.transform(1, 0, 0, -1, 0, page.height);
  pdf.addContent(`BT /${font.id} ${round(size)} Tf`);
  for (const { says, from, to } of lettersOf(glyphs, logical))
    pdf.addContent(`/Span <</ActualText <${utf16(says)}>>> BDC ${shown.slice(from, to).join(' ')} EMC`);
  pdf.addContent('ET');
  document.restore();
}

interface Letter {
  says: string;
  /** Its glyphs, in the order of the paper; `to` is the first that is not. */
  from: number;
  to: number;
}

/**
 * Glyphs stand from the left, text is read from the right. Dots say nothing, each by itself: with its dots a letter would seem to
 * begin where they are, and a gap before them to be a space.
 */
function lettersOf(glyphs: readonly Glyph[], logical: string): Letter[] {
  const characters = [...logical];
  const letters: Letter[] = [];
  let last: Letter | undefined;
  for (let from = glyphs.length - 1; from >= 0; from--) {
    const says = characters.splice(0, glyphs[from]!.codePoints.length).join('');
    // A vowel belongs to the letter it stands on.
    const isMark = last !== undefined && /^\p{M}+$/u.test(says);
    if (isMark) last!.says += says;
    const letter = { says: isMark ? '' : says, from, to: from + 1 };
    if (letter.says !== '') last = letter;
    letters.push(letter);
  }
  // A shaping that this cannot follow is marked as a whole.
  return characters.length === 0 ? letters.reverse() : [{ says: logical, from: 0, to: glyphs.length }];
}

const round = (points: number): number => Math.round(points * 1000) / 1000;

/** With its byte order mark, as text strings have it. */
const utf16 = (text: string): string => Buffer.from(`\ufeff${text}`, 'utf16le').swap16().toString('hex');
