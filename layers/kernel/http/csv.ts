/** Tables as CSV (RFC 4180) that spreadsheets open in any language, and that cannot smuggle a formula into them. */
import type { Reply } from './route.ts';

/** Says to spreadsheets that the text is UTF-8. */
const byteOrderMark = '\ufeff';

/**
 * Text that a spreadsheet may take for a formula, also after spaces that it cuts off and in full width. Numbers are left alone.
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
const formula = /^[\s\p{Cc}]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^\p{Cc}/u;
const number = /^[+-]?\d+(\.\d+)?$/;

export function toCsv(rows: readonly (readonly string[])[]): string {
  return byteOrderMark + rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

export function csvReply(name: string, rows: readonly (readonly string[])[]): Reply<never> {
  return {
    raw: { body: toCsv(rows), contentType: 'text/csv; charset=utf-8' },
    headers: { 'content-disposition': `attachment; filename="${name}.csv"` },
  };
}

function cell(text: string): string {
  const safe = formula.test(text) && !number.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
