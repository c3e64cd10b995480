/**
 * Messages of validation in the reader's language: the standard ones come from zod's own translations, but for those that
 * only a programmer understands; those a schema says itself are written in both languages beside it.
 */
import arabic from 'zod/v4/locales/ar.js';
import english from 'zod/v4/locales/en.js';
import { defaultLocale, type Locale } from './locale.ts';

type Issue = Parameters<ReturnType<typeof english>['localeError']>[0];

const kinds: Record<string, Record<Locale, string>> = {
  string: { en: 'text', ar: 'نص' },
  number: { en: 'a number', ar: 'رقم' },
  int: { en: 'a whole number', ar: 'رقم صحيح' },
  boolean: { en: 'true or false', ar: 'صح أو خطأ (true أو false)' },
  array: { en: 'a list', ar: 'قائمة' },
  object: { en: 'an object', ar: 'كائن' },
  record: { en: 'an object', ar: 'كائن' },
};

/** What zod says of types ("expected record, received undefined") and patterns (the expression itself), for people. */
function plain(issue: Issue, locale: Locale): string | undefined {
  if (issue.code === 'invalid_type') {
    if (issue.input === undefined) return { en: 'This field is required.', ar: 'هذا الحقل مطلوب.' }[locale];
    const kind = kinds[issue.expected]?.[locale];
    return kind && { en: `This must be ${kind}.`, ar: `المطلوب هنا: ${kind}.` }[locale];
  }
  if (issue.code === 'invalid_format' && issue.format === 'regex')
    return { en: 'This is not written as it must be.', ar: 'هذه القيمة ليست بالصيغة المطلوبة.' }[locale];
  return undefined;
}

const words =
  (locale: Locale, others: (issue: Issue) => ReturnType<ReturnType<typeof english>['localeError']>) => (issue: Issue) =>
    plain(issue, locale) ?? others(issue);
const standard = { en: words('en', english().localeError), ar: words('ar', arabic().localeError) };

/** Validation is synchronous, so one variable can say for whom it runs. */
let reader: Locale = defaultLocale;

/** Runs a validation for a reader; standard messages come through the second parameter of zod's `safeParse`. */
export function forReader<T>(locale: Locale, validate: (options: { error: (typeof standard)[Locale] }) => T): T {
  reader = locale;
  try {
    return validate({ error: standard[locale] });
  } finally {
    reader = defaultLocale;
  }
}

/** A schema's own message, as a check's parameter: `z.regex(pattern, fieldMessage('Not a …', 'ليس …'))`. */
export function fieldMessage(en: string, ar: string): { error: () => string } {
  return { error: () => fieldText(en, ar) };
}

/** The same as text, where a check writes its issue itself. */
export function fieldText(en: string, ar: string): string {
  return reader === 'ar' ? ar : en;
}
