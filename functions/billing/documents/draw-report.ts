/**
 * A report on paper: the table its CSV has, on its side, in as many tables one below the other as its columns need; each begins
 * with the columns that say what a row is about.
 */
import { type DisplayStyle, displayCode, displayDay, displayNumber } from '../../../layers/documents/display.ts';
import type { Column, PageFlow } from '../../../layers/documents/page-flow.ts';
import { type Letterhead, openDocument } from './document-frame.ts';

export interface PrintedReport {
  id: string;
  title: string;
  /** What it is of: days, a route. */
  facts: readonly (readonly [string, string])[];
  /** Moment it was made, ISO 8601. */
  made: string;
  /** Headings, and rows of text as in CSV. */
  table: readonly (readonly string[])[];
  /** How many columns say what a row is about. @default those before the first of numbers */
  keys?: number;
  /** Headings of columns whose digits are no number: account numbers, names. */
  texts: ReadonlySet<string>;
}

const cellStyle = { size: 8 };
const headStyle = { size: 8, font: 'bold' } as const;
/** Around a cell, as tables leave it. */
const gap = 9;
/** Longer text is broken. */
const widest = 170;

export function drawReport(report: PrintedReport, letterhead: Letterhead, style: DisplayStyle): Promise<Buffer> {
  const { id, title, facts, made } = report;
  const { flow, finish } = openDocument({ letterhead, style, title, number: id, made, isWide: true });
  flow.facts(facts);
  flow.space(6);
  const columns = columnsOf(report, style, flow);
  const rows = report.table.length - 1;
  const { keys = columns.findIndex(({ align }) => align === 'figures') } = report;
  for (const some of tablesOf(columns, keys, flow.canvas.contentWidth)) {
    flow.table(
      some,
      Array.from({ length: rows }, (_, row) => some.map(({ cells }) => ({ text: cells[row]!, style: cellStyle }))),
    );
    flow.space(6);
  }
  return finish();
}

interface PrintedColumn extends Column {
  cells: string[];
}

function columnsOf({ table, texts }: PrintedReport, style: DisplayStyle, { canvas }: PageFlow): PrintedColumn[] {
  const [head = [], ...rows] = table;
  return head.map((heading, column) => {
    const own = rows.map((row) => row[column] ?? '');
    const isFigures = !texts.has(heading) && own.every((cell) => cell === '' || decimal.test(cell));
    const cells = own.map((cell) => shown(cell, isFigures, style));
    const widths = cells.map((cell) => canvas.widthOf(cell, cellStyle));
    // Headings may be broken between words.
    const words = heading.split(' ').map((word) => canvas.widthOf(word, headStyle));
    const share = Math.min(widest, Math.max(...widths, ...words, 20)) + gap;
    return { heading, share, cells, ...(isFigures ? { align: 'figures' as const } : {}) };
  });
}

const decimal = /^-?\d+(\.\d+)?$/;
const localDay = /^\d{4}-\d\d-\d\d$/;

function shown(cell: string, isFigures: boolean, style: DisplayStyle): string {
  if (cell === '') return '';
  if (isFigures) return displayNumber(cell, style);
  if (localDay.test(cell)) return displayDay(cell, style);
  return /^[\d\-./]+$/.test(cell) ? displayCode(cell, style) : cell;
}

/** As many columns as fit side by side, again and again. */
function tablesOf(columns: readonly PrintedColumn[], keys: number, width: number): PrintedColumn[][] {
  const first = columns.slice(0, keys);
  const room = width - first.reduce((sum, { share }) => sum + share, 0);
  const tables: PrintedColumn[][] = [[]];
  let used = 0;
  for (const column of columns.slice(keys)) {
    if (used + column.share > room && tables.at(-1)!.length > 0) {
      tables.push([]);
      used = 0;
    }
    tables.at(-1)!.push(column);
    used += column.share;
  }
  return tables.map((table) => [...first, ...table]);
}
