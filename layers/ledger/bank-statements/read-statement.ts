/** Reads a statement in any of the formats there are. */
import { readCamt053Statement } from './camt053-statement.ts';
import { type CsvForm, readCsvStatement } from './csv-statement.ts';
import { readJsonLinesStatement } from './json-lines-statement.ts';
import { readMt940Statement } from './mt940-statement.ts';
import type { Statement, StatementFormat } from './statement.ts';

const readers: Record<StatementFormat, (text: string, currency: string, form?: CsvForm) => Statement> = {
  csv: readCsvStatement,
  mt940: readMt940Statement,
  camt053: readCamt053Statement,
  jsonl: readJsonLinesStatement,
};

/** Never throws: what is wrong is in `problems`. @param form of CSV files */
export const readStatement = (format: StatementFormat, text: string, currency: string, form?: CsvForm): Statement =>
  readers[format](text, currency, form);
