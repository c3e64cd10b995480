/**
 * Shaping a run of letters (choosing and placing glyphs) is most of the work of a document, and its words come again: on every
 * line of a bill, in every bill of a run. So a font remembers what it shaped.
 */
import type { ShapingFont } from './missing-anchors.ts';

interface Position {
  xAdvance: number;
  yAdvance: number;
  xOffset: number;
  yOffset: number;
}

/** What PDFKit takes from fontkit's `GlyphRun`. */
interface ShapedRun {
  glyphs: readonly unknown[];
  positions: readonly Position[];
  readonly advanceWidth: number;
}

type Layout = (text: string, features?: readonly string[]) => ShapedRun;

/** Some megabytes. */
const mostRuns = 5000;

/** Once for a font that was read. */
export function rememberShaping(font: ShapingFont & { layout?: Layout }): void {
  const shape = font.layout?.bind(font);
  if (shape === undefined) return;
  const runs = new Map<string, ShapedRun>();
  font.layout = (text, features = []) => {
    const key = `${features.join()} ${text}`;
    let run = runs.get(key);
    if (run === undefined) {
      run = shape(text, [...features]);
      if (runs.size >= mostRuns) runs.clear();
      runs.set(key, run);
    }
    return copyOf(run);
  };
}

/** PDFKit scales the places it is given, so it is given its own. */
function copyOf({ glyphs, positions }: ShapedRun): ShapedRun {
  const own = positions.map(({ xAdvance, yAdvance, xOffset, yOffset }) => ({ xAdvance, yAdvance, xOffset, yOffset }));
  return {
    glyphs,
    positions: own,
    get advanceWidth() {
      return own.reduce((sum, { xAdvance }) => sum + xAdvance, 0);
    },
  };
}
