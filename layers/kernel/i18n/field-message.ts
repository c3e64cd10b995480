/**
 * Messages of validation in the reader's language: the standard ones come from zod's own translations, those a schema
 * says itself are written in both languages beside it.
 */
import arabic from 'zod/v4/locales/ar.js';
import english from 'zod/v4/locales/en.js';
import { defaultLocale, type Locale } from './locale.ts';

const standard = { en: english().localeError, ar: arabic().localeError };

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
