/**
 * Paper to write on, in points. Places are counted from the side where reading begins, so that one description of a document
 * serves both directions; text is laid out here, glyphs are drawn by PDFKit.
 */
import PDFDocument from 'pdfkit';
import { breakLines, type Direction, visualRuns } from './bidi-lines.ts';
import { DocumentTags, type TextRole } from './document-tags.ts';
import { drawRightToLeft } from './draw-run.ts';
import { type FontName, fontBytes, fontNames } from './fonts.ts';
import { allowMissingAnchors, type ShapingFont } from './missing-anchors.ts';
import { rememberShaping } from './remember-shaping.ts';

/** `figures` are at the right in both directions: digits run from the left, and so the same places stand one below the other. */
export type Align = 'start' | 'center' | 'end' | 'figures';

export interface TextStyle {
  size?: number;
  font?: FontName;
  color?: string;
  align?: Align;
  /** @default the document's */
  direction?: Direction;
  /** What it is to a screen reader. @default P */
  role?: TextRole;
}

/** A4. */
export const paper = { width: 595.28, height: 841.89, margin: 40 } as const;
/** Of a page that stands upright. */
export const contentWidth = paper.width - 2 * paper.margin;
/** Of the font, with room for marks above and below Arabic letters. */
const lineFactor = 1.62;

/** Fonts as PDFKit's reader parsed them for the first document: parsing takes longer than drawing. It takes them back as a source. */
const parsed = new Map<FontName, object | string>();
const widths = new Map<string, number>();
const maxWidths = 20_000;

export class PageCanvas {
  readonly direction: Direction;
  readonly tags: DocumentTags;
  readonly paper: { width: number; height: number; margin: number };
  readonly contentWidth: number;
  readonly #pdf: PDFKit.PDFDocument;
  readonly #chunks: Buffer[] = [];
  readonly #finished: Promise<Buffer>;

  /** @param made written into the file; the same content and moment give the same bytes @param isWide lays the paper on its side */
  constructor({
    direction,
    title,
    language,
    made,
    isWide = false,
  }: { direction: Direction; title: string; language: string; made: Date; isWide?: boolean | undefined }) {
    this.direction = direction;
    this.paper = isWide ? { width: paper.height, height: paper.width, margin: paper.margin } : paper;
    this.contentWidth = this.paper.width - 2 * this.paper.margin;
    this.#pdf = new PDFDocument({
      size: [this.paper.width, this.paper.height],
      margin: 0,
      bufferPages: true,
      lang: language,
      displayTitle: true,
      tagged: true,
      // One without a name would be opened anew at every change of font.
      font: null as unknown as string,
      info: { Title: title, Producer: 'Mizan', Creator: 'Mizan', CreationDate: made, ModDate: made },
    });
    for (const name of fontNames) {
      this.#pdf.registerFont(name, (parsed.get(name) ?? fontBytes(name)) as string);
      if (parsed.has(name)) continue;
      const { font } = (this.#pdf.font(name) as unknown as { _font: { font: ShapingFont } })._font;
      allowMissingAnchors(font);
      rememberShaping(font);
      parsed.set(name, font);
    }
    this.tags = new DocumentTags(this.#pdf);
    this.#pdf.on('data', (chunk: Buffer) => this.#chunks.push(chunk));
    this.#finished = new Promise((resolve, reject) => {
      this.#pdf.on('end', () => resolve(Buffer.concat(this.#chunks)));
      this.#pdf.on('error', reject);
    });
  }

  /** Left edge of a box on paper. @param start distance from the margin where reading begins */
  left(start: number, width: number): number {
    return this.direction === 'rtl' ? this.paper.width - this.paper.margin - start - width : this.paper.margin + start;
  }

  lineHeight = (size: number): number => size * lineFactor;

  /** Width of a word or of a few, as it will be drawn; remembered, since words of documents come again. */
  widthOf(text: string, { size = 9, font = 'regular', direction = this.direction }: TextStyle = {}): number {
    const key = `${font} ${direction} ${text}`;
    let width = widths.get(key);
    if (width === undefined) {
      this.#pdf.font(font).fontSize(1000);
      width = visualRuns(text, direction).reduce((sum, run) => sum + this.#runWidth(run.text), 0) / 1000;
      if (widths.size >= maxWidths) widths.clear();
      widths.set(key, width);
    }
    return width * size;
  }

  lines(text: string, width: number, style: TextStyle = {}): string[] {
    return breakLines(text, width, (piece) => this.widthOf(piece, style));
  }

  heightOf(text: string, width: number, style: TextStyle = {}): number {
    return this.lines(text, width, style).length * this.lineHeight(style.size ?? 9);
  }

  /** Writes text into a column and breaks it there. @returns the height it took */
  text(text: string, start: number, top: number, width: number, style: TextStyle = {}): number {
    const { size = 9, font = 'regular', color = '#1a1a1a', align = 'start', direction = this.direction, role } = style;
    const lines = this.lines(text, width, style);
    const left = this.left(start, width);
    const isRight = align === 'figures' || (align === 'start') === (this.direction === 'rtl');
    this.tags.text(role, text, () =>
      lines.forEach((line, i) => {
        this.#pdf.font(font).fontSize(size).fillColor(color);
        const runs = visualRuns(line, direction).map((run) => ({ ...run, width: this.#runWidth(run.text) }));
        const lineWidth = runs.reduce((sum, run) => sum + run.width, 0);
        const lineTop = top + i * this.lineHeight(size);
        let x = align === 'center' ? left + (width - lineWidth) / 2 : isRight ? left + width - lineWidth : left;
        for (const run of runs) {
          if (run.isRightToLeft) drawRightToLeft(this.#pdf, run, x, lineTop, wholeRun);
          else this.#pdf.text(run.text, x, lineTop, { lineBreak: false, features: wholeRun });
          x += run.width;
        }
      }),
    );
    return lines.length * this.lineHeight(size);
  }

  rule(start: number, top: number, width: number, { color = '#c8ccd2', thickness = 0.6 } = {}): void {
    const left = this.left(start, width);
    this.tags.artifact(() =>
      this.#pdf
        .lineWidth(thickness)
        .strokeColor(color)
        .moveTo(left, top)
        .lineTo(left + width, top)
        .stroke(),
    );
  }

  box(start: number, top: number, width: number, height: number, color: string): void {
    this.tags.artifact(() => this.#pdf.rect(this.left(start, width), top, width, height).fill(color));
  }

  /** Bars of a barcode go from left to right in every language. @param widths of bars and gaps in turn, in modules */
  bars(left: number, top: number, height: number, moduleWidth: number, widths: readonly number[]): void {
    let x = left;
    this.tags.artifact(() => {
      widths.forEach((modules, i) => {
        if (i % 2 === 0) this.#pdf.rect(x, top, modules * moduleWidth, height);
        x += modules * moduleWidth;
      });
      this.#pdf.fill('#000000');
    });
  }

  image(bytes: Buffer, start: number, top: number, width: number, height: number): void {
    const align = this.direction === 'rtl' ? 'right' : undefined;
    this.tags.artifact(() =>
      this.#pdf.image(bytes, this.left(start, width), top, { fit: [width, height], ...(align ? { align } : {}) }),
    );
  }

  addPage(): void {
    this.#pdf.addPage({ size: [this.paper.width, this.paper.height], margin: 0 });
  }

  /** Draws on each page what can only be known at the end, and closes the file. */
  finish(onPage: (page: number, pages: number) => void): Promise<Buffer> {
    const { start, count } = this.#pdf.bufferedPageRange();
    for (let page = 0; page < count; page++) {
      this.#pdf.switchToPage(start + page);
      onPage(page + 1, count);
    }
    this.tags.end();
    this.#pdf.end();
    return this.#finished;
  }

  #runWidth(text: string): number {
    return this.#pdf.widthOfString(text, { features: wholeRun });
  }
}

/** Given features make PDFKit shape a run as a whole instead of word by word. */
const wholeRun = ['kern'] satisfies PDFKit.Mixins.TextOptions['features'];
