/**
 * Lines of text in Arabic and Latin: broken in the order people read, then cut into runs in the order they stand on paper,
 * from left to right. Each run is handed to the font whole, so that letters join.
 * @see https://www.unicode.org/reports/tr9/ (UAX #9, rules L1, L2 and L4; 3.4 says that lines are broken before reordering)
 */
import bidiFactory, { type Bidi } from 'bidi-js';

export type Direction = 'ltr' | 'rtl';

export interface VisualRun {
  /** As the font's shaper takes it. */
  text: string;
  /** As it is written and read: brackets face as they are typed. */
  logical: string;
  isRightToLeft: boolean;
}

// The package is CommonJS, and its types say otherwise.
const bidi = (bidiFactory as unknown as () => Bidi)();

/** Marks that only steer the algorithm and have no glyph. */
const controls = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
/** Letters of scripts whose glyphs the font's shaper puts in visual order by itself. */
const rightToLeftLetter = /[\p{Script=Arabic}\p{Script=Hebrew}]/u;
/** Arabic digits run from the left, and the shaper takes them for letters that run from the right: it gets them turned around. */
const arabicDigit = /[\u0660-\u066c\u06f0-\u06f9]/;
const digitsOrRest = /[\u0660-\u066c\u06f0-\u06f9]+|[^\u0660-\u066c\u06f0-\u06f9]+/g;

/** A signed number, a phone's, or digits joined by hyphens such as `2026-05-01`, where it stands by itself. */
const joinedDigits = /(?<=^|[\s(«"'،:\u200e])(?:\+\d[\d ()-]*\d|-\d+(?:[.,]\d+)*|\d+(?:-\d+)+)/g;

/** One line, cut into runs of one direction, in visual order, each as the shaper takes it. @param direction of the paragraph */
export function visualRuns(text: string, direction: Direction): VisualRun[] {
  if (text === '') return [];
  // After an Arabic letter digits are an Arabic number (W2), and signs between them would turn its parts around: isolated, they stay.
  const line = direction === 'rtl' ? text.replace(joinedDigits, '\u2066$&\u2069') : text;
  const embedding = bidi.getEmbeddingLevels(line, direction);
  const base = embedding.paragraphs[0]!.level;
  const levels = Array.from(embedding.levels.subarray(0, line.length));
  // L1: spaces at the end of a line follow the paragraph.
  for (let i = line.length - 1; i >= 0 && /\s/.test(line[i]!); i--) levels[i] = base;
  const runs: { start: number; end: number; level: number }[] = [];
  levels.forEach((level, i) => {
    const last = runs.at(-1);
    if (last?.level === level) last.end = i + 1;
    else runs.push({ start: i, end: i + 1, level });
  });
  const highest = Math.max(...levels);
  const lowestOdd = Math.min(...levels.filter((level) => level % 2 === 1), highest + 1);
  // L2: from the highest level down, every sequence at that level or higher is reversed.
  for (let level = highest; level >= lowestOdd; level--)
    for (let i = 0; i < runs.length; i++) {
      if (runs[i]!.level < level) continue;
      let end = i;
      while (end < runs.length && runs[end]!.level >= level) end++;
      runs.splice(i, end - i, ...runs.slice(i, end).reverse());
      i = end;
    }
  return runs.flatMap(({ start, end, level }): VisualRun[] => {
    if (level % 2 === 1) {
      const shown = mirrored(line, embedding.levels, start, end).replace(controls, '');
      // The shaper turns a run around when it finds a letter written from the right; one of signs alone is turned here.
      return shown === ''
        ? []
        : [
            {
              text: rightToLeftLetter.test(shown) ? shown : reversed(shown),
              logical: line.slice(start, end).replace(controls, ''),
              isRightToLeft: true,
            },
          ];
    }
    return (line.slice(start, end).replace(controls, '').match(digitsOrRest) ?? []).map((logical) => ({
      text: arabicDigit.test(logical) ? reversed(logical) : logical,
      logical,
      isRightToLeft: false,
    }));
  });
}

/** L4: brackets face the other way in a run from right to left. */
function mirrored(line: string, levels: Uint8Array, start: number, end: number): string {
  const mirrors = bidi.getMirroredCharactersMap(line, levels, start, end - 1);
  return Array.from({ length: end - start }, (_, i) => mirrors.get(start + i) ?? line[start + i]!).join('');
}

const reversed = (text: string): string => [...text].reverse().join('');

/**
 * Breaks a paragraph at its spaces so that no line is wider than allowed; a word that is wider alone is cut.
 * @param widthOf measures a piece of text
 */
export function breakLines(text: string, maxWidth: number, widthOf: (text: string) => number): string[] {
  const lines: string[] = [];
  const space = widthOf(' ');
  for (const paragraph of text.split('\n')) {
    let line = '';
    let width = 0;
    for (const word of paragraph.split(/ +/)) {
      const more = widthOf(word);
      // Letters do not join over a space, so words and spaces add up.
      if (line === '' ? more <= maxWidth : width + space + more <= maxWidth) {
        width = line === '' ? more : width + space + more;
        line = line === '' ? word : `${line} ${word}`;
        continue;
      }
      if (line !== '') lines.push(line);
      const pieces = cutWord(word, maxWidth, widthOf);
      lines.push(...pieces.slice(0, -1));
      line = pieces.at(-1)!;
      width = widthOf(line);
    }
    lines.push(line);
  }
  return lines;
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

function cutWord(word: string, maxWidth: number, widthOf: (text: string) => number): string[] {
  if (widthOf(word) <= maxWidth) return [word];
  const pieces = [''];
  for (const { segment } of graphemes.segment(word)) {
    const longer = pieces.at(-1)! + segment;
    if (widthOf(longer) <= maxWidth || pieces.at(-1) === '') pieces[pieces.length - 1] = longer;
    else pieces.push(segment);
  }
  return pieces;
}
