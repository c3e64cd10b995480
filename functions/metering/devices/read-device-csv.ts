/** Reads a list of devices as CSV (RFC 4180), whose first line names the columns. */
import { forReader } from '../../../layers/kernel/i18n/field-message.ts';
import type { Locale } from '../../../layers/kernel/i18n/locale.ts';
import { createDeviceSchema, type NewDevice } from './device-schema.ts';

const maxImportedDevices = 200;

export interface DeviceLine {
  /** Of the file, from 1. */
  line: number;
  device?: NewDevice;
  problem?: string;
}

const columns = new Set(Object.keys(createDeviceSchema.shape));

/** @param locale of the problems @throws RangeError for a file that is none: without a head, with unknown columns, or too long */
export function readDeviceCsv(text: string, locale: Locale): DeviceLine[] {
  const [head, ...records] = csvRecords(text.replace(/^\uFEFF/, ''));
  const names = head?.fields.map((name) => name.trim()) ?? [];
  const unknown = names.filter((name) => !columns.has(name));
  if (unknown.length > 0 || !names.includes('id'))
    throw new RangeError(
      unknown.length > 0
        ? `Unknown columns: ${unknown.join(', ')}.`
        : 'The first line names the columns; "id" is missing.',
    );
  if (records.length > maxImportedDevices) throw new RangeError(`A file holds ${maxImportedDevices} devices at most.`);
  return records.map(({ line, fields }) => {
    if (fields.length > names.length)
      return { line, problem: `There are ${fields.length} fields for ${names.length} columns.` };
    const given = Object.fromEntries(
      names.flatMap((name, i) => {
        const value = fields[i]?.trim() ?? '';
        return value === '' ? [] : [[name, name === 'offlineAfterMinutes' ? Number(value) : value]];
      }),
    );
    const { data, error } = forReader(locale, (options) => createDeviceSchema.safeParse(given, options));
    if (data !== undefined) return { line, device: data };
    return { line, problem: error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ') };
  });
}

/** @throws RangeError for a quoted field that does not end */
function csvRecords(text: string): { line: number; fields: string[] }[] {
  const records: { line: number; fields: string[] }[] = [];
  let fields: string[] = [];
  let [line, start, at] = [1, 1, 0];
  const finish = (): void => {
    if (fields.some((field) => field !== '')) records.push({ line: start, fields });
    fields = [];
  };
  while (at < text.length) {
    let value: string;
    if (text[at] === '"') {
      const quoted = /^"((?:[^"]|"")*)"/.exec(text.slice(at));
      if (quoted === null) throw new RangeError(`Line ${line}: a quoted field does not end.`);
      value = quoted[1]!.replaceAll('""', '"');
      line += value.split('\n').length - 1;
      at += quoted[0].length;
    } else {
      value = /^[^,\r\n]*/.exec(text.slice(at))![0];
      at += value.length;
    }
    fields.push(value);
    if (at < text.length && !',\r\n'.includes(text[at]!))
      throw new RangeError(`Line ${line}: text behind a quoted field.`);
    if (text[at] === ',') {
      at += 1;
      if (at === text.length || text[at] === '\n' || text[at] === '\r') fields.push('');
      else continue;
    }
    if (text[at] === '\r') at += 1;
    if (text[at] === '\n') at += 1;
    finish();
    line += 1;
    start = line;
  }
  return records;
}
