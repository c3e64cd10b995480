/** Reads a file of points: JSON lines, or CSV (RFC 4180) whose first line names the columns. */
import { forReader } from '../../../layers/kernel/i18n/field-message.ts';
import type { Locale } from '../../../layers/kernel/i18n/locale.ts';
import { createPointSchema } from './point-schema.ts';
import { unfitFields } from './write-points.ts';

export const importFormats = ['jsonl', 'csv'] as const;
export type ImportFormat = (typeof importFormats)[number];

export interface ImportProblem {
  /** Of the file, from 1. */
  line: number;
  /** JSON Pointer of the field; empty for the line as a whole. */
  path: string;
  message: string;
}
export interface ImportRow {
  line: number;
  fields: Record<string, unknown> & { id: string; deviceId: string };
}

/** More than these are not told: whoever has so many begins with the first. */
const maxProblems = 200;
const maxRows = 10_000;

export function parseImport(
  format: ImportFormat,
  text: string,
  locale: Locale,
): { rows: ImportRow[]; problems: ImportProblem[] } {
  const rows: ImportRow[] = [];
  const problems: ImportProblem[] = [];
  const seen = new Map<string, number>();
  for (const { line, value, problem } of format === 'csv' ? csvRecords(text) : jsonLines(text)) {
    if (problems.length >= maxProblems) break;
    if (problem !== undefined) {
      problems.push({ line, path: '', message: problem });
      continue;
    }
    const row = readRow(line, value, problems, locale);
    if (row === undefined) continue;
    const { id } = row.fields;
    const first = seen.get(id);
    if (first !== undefined) problems.push({ line, path: '/id', message: `"${id}" is on line ${first} already.` });
    seen.set(id, line);
    rows.push(row);
    if (rows.length > maxRows) {
      problems.push({ line, path: '', message: `A file holds ${maxRows} points at most.` });
      break;
    }
  }
  if (rows.length === 0 && problems.length === 0) problems.push({ line: 1, path: '', message: 'There are no points.' });
  return { rows, problems: problems.slice(0, maxProblems) };
}

/** @returns the point, or undefined and its problems */
export function readRow(
  line: number,
  value: unknown,
  problems: ImportProblem[],
  locale: Locale,
): ImportRow | undefined {
  const parsed = forReader(locale, (options) => createPointSchema.safeParse(value, options));
  if (!parsed.success) {
    for (const { path, message } of parsed.error.issues)
      problems.push({ line, path: path.map((step) => `/${String(step)}`).join(''), message });
    return undefined;
  }
  if (parsed.data.id === undefined) {
    problems.push({ line, path: '/id', message: 'An import names its points, so that it can be repeated.' });
    return undefined;
  }
  problems.push(...unfitFields(parsed.data, locale).map(({ path, message }) => ({ line, path, message })));
  return { line, fields: parsed.data as ImportRow['fields'] };
}

interface FileRecord {
  line: number;
  value?: unknown;
  problem?: string;
}

function* jsonLines(text: string): Generator<FileRecord> {
  let line = 0;
  for (const raw of text.split('\n')) {
    line += 1;
    if (raw.trim() === '') continue;
    try {
      yield { line, value: JSON.parse(raw) };
    } catch (error) {
      yield { line, problem: `Not JSON: ${(error as Error).message}` };
    }
  }
}

/** Columns that are not plain text; everything else stays as it is written. */
const numeric = new Set([
  ...['scaleFactor', 'offset', 'lowLimit', 'highLimit', 'alarmLowLow', 'alarmLow', 'alarmHigh', 'alarmHighHigh'],
  ...['hysteresis', 'alarmDelayMs', 'alarmClearDelayMs', 'deadbandAbsolute', 'deadbandPercent', 'refreshMs'],
  ...['scanRateMs', 'staleAfterMs'],
]);
const boolean = new Set(['writable', 'isActive']);
const json = new Set(['alarmStates', 'control']);

function* csvRecords(text: string): Generator<FileRecord> {
  const records = splitCsv(text.replace(/^\uFEFF/, ''));
  const [head, ...rest] = records;
  if (head === undefined) return;
  const columns = head.cells.map((cell) => cell.trim());
  for (const { line, cells, broken } of rest) {
    if (broken) {
      yield { line, problem: 'A quotation mark is not closed.' };
      continue;
    }
    if (cells.length === 1 && cells[0]!.trim() === '') continue;
    if (cells.length !== columns.length) {
      yield { line, problem: `${cells.length} cells; the first line names ${columns.length} columns.` };
      continue;
    }
    try {
      const entries = columns.flatMap((column, i) => (cells[i] === '' ? [] : [[column, readCell(column, cells[i]!)]]));
      yield { line, value: Object.fromEntries(entries) };
    } catch (error) {
      yield { line, problem: (error as Error).message };
    }
  }
}

function readCell(column: string, cell: string): unknown {
  if (numeric.has(column)) {
    const number = Number(cell);
    if (cell.trim() === '' || !Number.isFinite(number)) throw new Error(`${column}: "${cell}" is not a number.`);
    return number;
  }
  if (boolean.has(column)) {
    if (cell !== 'true' && cell !== 'false') throw new Error(`${column}: write true or false, not "${cell}".`);
    return cell === 'true';
  }
  // An address is text, or an object where the protocol has more to say.
  if (!json.has(column) && !(column === 'address' && cell.startsWith('{'))) return cell;
  try {
    return JSON.parse(cell);
  } catch (cause) {
    throw new Error(`${column}: not JSON.`, { cause });
  }
}

interface CsvRecord {
  line: number;
  cells: string[];
  broken?: boolean;
}

function splitCsv(text: string): CsvRecord[] {
  const records: CsvRecord[] = [];
  let line = 1;
  let at = 0;
  while (at < text.length) {
    const record: CsvRecord = { line, cells: [] };
    records.push(record);
    for (;;) {
      const { cell, end, lines, broken } = readCsvCell(text, at);
      record.cells.push(cell);
      if (broken) record.broken = true;
      line += lines;
      at = end;
      if (text[at] !== ',') break;
      at += 1;
    }
    if (text[at] === '\r') at += 1;
    if (text[at] === '\n') at += 1;
    line += 1;
  }
  return records;
}

function readCsvCell(text: string, start: number): { cell: string; end: number; lines: number; broken?: boolean } {
  if (text[start] !== '"') {
    let end = start;
    while (end < text.length && text[end] !== ',' && text[end] !== '\n' && text[end] !== '\r') end += 1;
    return { cell: text.slice(start, end), end, lines: 0 };
  }
  let cell = '';
  let lines = 0;
  let at = start + 1;
  for (; at < text.length; at += 1) {
    const character = text[at]!;
    if (character === '"' && text[at + 1] === '"') at += 1;
    else if (character === '"') return { cell, end: at + 1, lines };
    if (character === '\n') lines += 1;
    cell += character;
  }
  return { cell, end: at, lines, broken: true };
}
