/** Writes blocks one under the other, and goes on on a new page, with the heading of the table repeated, where one is full. */
import type { CellRole } from './document-tags.ts';
import { type Align, type PageCanvas, paper, type TextStyle } from './page-canvas.ts';

export interface Column {
  heading: string;
  /** Share of the width. */
  share: number;
  align?: Align;
}

export interface Cell {
  text: string;
  /** Small print below. */
  note?: string | undefined;
  style?: TextStyle;
}

const gap = 6;
const noteStyle: TextStyle = { size: 6.5, color: '#5b6470' };

export class PageFlow {
  readonly canvas: PageCanvas;
  /** Where the next block begins. */
  top: number = paper.margin;
  readonly #onNewPage: (flow: PageFlow) => void;
  readonly #footerHeight: number;

  /** @param onNewPage writes the head of every page after the first @param footerHeight kept free above the margin */
  constructor(canvas: PageCanvas, onNewPage: (flow: PageFlow) => void, footerHeight = 46) {
    this.canvas = canvas;
    this.#onNewPage = onNewPage;
    this.#footerHeight = footerHeight;
  }

  get bottom(): number {
    return this.canvas.paper.height - paper.margin - this.#footerHeight;
  }

  /** Begins a new page when so much does not fit. @returns whether it did */
  ensure(height: number): boolean {
    if (this.top + height <= this.bottom) return false;
    this.canvas.addPage();
    this.top = paper.margin;
    this.#onNewPage(this);
    return true;
  }

  space(height: number): void {
    this.top += height;
  }

  line(text: string, style: TextStyle = {}): void {
    const height = this.canvas.heightOf(text, this.canvas.contentWidth, style);
    this.ensure(height);
    this.canvas.text(text, 0, this.top, this.canvas.contentWidth, style);
    this.top += height;
  }

  heading(text: string): void {
    // A heading alone at the foot of a page helps nobody.
    this.ensure(60);
    this.space(4);
    this.line(text, { font: 'bold', size: 10, color: '#0b4a6f', role: 'H2' });
  }

  /** Pairs of name and value in two columns. */
  facts(pairs: readonly (readonly [string, string])[], columns = 2): void {
    const width = this.canvas.contentWidth / columns;
    const nameShare = columns === 1 ? 0.3 : 0.38;
    for (let i = 0; i < pairs.length; i += columns) {
      const row = pairs.slice(i, i + columns);
      const height = Math.max(
        ...row.flatMap(([name, value]) => [
          this.canvas.heightOf(name, width * nameShare - gap, { size: 8.5 }),
          this.canvas.heightOf(value, width * (1 - nameShare) - gap, { size: 8.5 }),
        ]),
      );
      this.ensure(height);
      row.forEach(([name, value], column) => {
        const start = column * width;
        this.canvas.text(name, start, this.top, width * nameShare - gap, { size: 8.5, color: '#5b6470' });
        this.canvas.text(value, start + width * nameShare, this.top, width * (1 - nameShare) - gap, { size: 8.5 });
      });
      this.top += height;
    }
  }

  table(columns: readonly Column[], rows: readonly (readonly Cell[])[]): void {
    const total = columns.reduce((sum, { share }) => sum + share, 0);
    const widths = columns.map(({ share }) => (share / total) * this.canvas.contentWidth);
    const starts = widths.map((_, i) => widths.slice(0, i).reduce((sum, width) => sum + width, 0));
    const writeRow = (cells: readonly Cell[], top: number, role: CellRole): void =>
      this.canvas.tags.group('TR', () =>
        cells.forEach(({ text, note, style }, i) => {
          const width = widths[i]! - gap;
          const align = columns[i]!.align ?? 'start';
          const start = starts[i]! + gap / 2;
          this.canvas.tags.group(role, () => {
            const own = this.canvas.text(text, start, top, width, { size: 8.5, ...style, align });
            if (note !== undefined) this.canvas.text(note, start, top + own - 2, width, { ...noteStyle, align });
          });
        }),
      );
    const heightOf = (cells: readonly Cell[]): number =>
      Math.max(
        ...cells.map(({ text, note, style }, i) => {
          const width = widths[i]! - gap;
          const own = this.canvas.heightOf(text, width, { size: 8.5, ...style });
          return note === undefined ? own : own - 2 + this.canvas.heightOf(note, width, noteStyle);
        }),
      );
    const head = columns.map(({ heading }) => ({
      text: heading,
      style: { font: 'bold', size: 8, color: '#ffffff' } as const,
    }));
    const writeHead = (): void => {
      const height = heightOf(head) + 4;
      this.canvas.box(0, this.top, this.canvas.contentWidth, height, '#0b4a6f');
      writeRow(head, this.top + 2, 'TH');
      this.top += height + 2;
    };
    this.ensure(heightOf(head) + 40);
    this.canvas.tags.group('Table', () => {
      writeHead();
      for (const cells of rows) {
        const height = heightOf(cells) + 3;
        // The heading is repeated for the eye alone.
        if (this.ensure(height)) this.canvas.tags.artifact(writeHead);
        writeRow(cells, this.top, 'TD');
        this.top += height;
        this.canvas.rule(0, this.top - 1, this.canvas.contentWidth);
      }
    });
    this.space(4);
  }

  /** Sums at the end side, the last one set off. */
  totals(rows: readonly (readonly [string, string])[]): void {
    const width = this.canvas.contentWidth * 0.56;
    const start = this.canvas.contentWidth - width;
    const nameWidth = width * 0.48 - gap;
    const amountWidth = width * 0.52 - gap;
    rows.forEach(([name, amount], i) => {
      const isLast = i === rows.length - 1;
      const style: TextStyle = isLast ? { font: 'bold', size: 11, color: '#ffffff' } : { size: 8.5 };
      const own = Math.max(
        this.canvas.heightOf(name, nameWidth, style),
        this.canvas.heightOf(amount, amountWidth, style),
      );
      const height = own + (isLast ? 6 : 0);
      this.ensure(height + 3);
      // Letters reach below their line; the box must not cover them.
      if (isLast) this.space(3);
      if (isLast) this.canvas.box(start, this.top, width, height, '#0b4a6f');
      const top = this.top + (isLast ? 3 : 0);
      this.canvas.text(name, start + gap, top, nameWidth, style);
      this.canvas.text(amount, start + gap + nameWidth, top, amountWidth, { ...style, align: 'figures' });
      this.top += height;
    });
    this.space(6);
  }
}
