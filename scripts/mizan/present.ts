/** Outcomes for people; programs take `--json`. */
import type { Refusal } from '../../functions/identity/provisioning/administer.ts';
import type { Locale } from '../../layers/kernel/i18n/locale.ts';
import { type Messages, messages } from './texts.ts';

type Fields = Record<string, any>;

const printers: Record<string, (result: Fields, say: Messages) => string> = {
  'list-tenants': ({ tenants }, say) =>
    tenants.length === 0
      ? say.noTenants
      : table(
          ['id', 'name', 'status', 'timeZone', 'currency', 'createdAt'],
          (tenants as Fields[]).map(({ id, name, status, timeZone, currency, createdAt }) =>
            [id, name, status, timeZone, currency, createdAt].map(String),
          ),
        ),
  'create-api-key': ({ id, key }, say) => `${say.shownOnce}\n${key}\n(${id})`,
};

export const present = {
  result(action: string, result: object, locale: Locale): string {
    const print = Object.hasOwn(printers, action) ? printers[action] : undefined;
    return print ? print(result as Fields, messages[locale]) : lines(result as Fields);
  },

  refusal({ code, message, errors }: Refusal, say: Messages): string {
    const details = (errors ?? []).map((error) => `\n  ${error.path}: ${error.message}`).join('');
    return `${say.refused} (${code}): ${message}${details}`;
  },
};

/** `name: value`, one a line; what holds more is opened. */
function lines(fields: Fields, prefix = ''): string {
  return Object.entries(fields)
    .map(([name, value]) =>
      value !== null && typeof value === 'object' && !Array.isArray(value)
        ? lines(value as Fields, `${prefix}${name}.`)
        : `${prefix}${name}: ${Array.isArray(value) ? value.join(', ') : String(value)}`,
    )
    .join('\n');
}

function table(head: readonly string[], rows: readonly string[][]): string {
  const widths = head.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]!.length)));
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
