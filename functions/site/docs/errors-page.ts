/** The page that `type` of every problem points to: one entry per error code. */
import { type ErrorCode, errorStatus } from '../../../layers/kernel/errors/error-codes.ts';
import type { Locale } from '../../../layers/kernel/i18n/locale.ts';
import { errorMessages } from '../../../layers/kernel/i18n/messages.ts';

export function errorsPage(locale: Locale): string {
  const rows = (Object.keys(errorStatus) as ErrorCode[])
    .map(
      (code) =>
        `<tr id="${code}"><td><code>${code}</code></td><td>${errorStatus[code]}</td><td>${errorMessages[code].en}</td><td lang="ar" dir="rtl">${errorMessages[code].ar}</td></tr>`,
    )
    .join('\n');
  const title = locale === 'ar' ? 'رموز الأخطاء' : 'Error codes';
  return `<!doctype html><html lang="${locale}"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Mizan · ${title}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem}table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #ddd;padding:.5rem;text-align:start}tr:target{background:#fff3c4}</style>
<h1>${title}</h1><table><thead><tr><th>Code</th><th>HTTP</th><th>English</th><th>العربية</th></tr></thead><tbody>
${rows}
</tbody></table></html>`;
}
