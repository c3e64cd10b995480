/**
 * Messages of validation in the reader's language: the standard ones in plain words (`plain-issue.ts`) or as zod's own
 * translations have them; those a schema says itself are written in both languages beside it.
 */
import * as z from 'zod/mini';
import arabic from 'zod/v4/locales/ar.js';
import english from 'zod/v4/locales/en.js';
import { defaultLocale, type Locale } from './locale.ts';
import { type Issue, plainIssue } from './plain-issue.ts';

type Say = ReturnType<typeof english>['localeError'];

const inWords =
  (locale: Locale, others: Say) =>
  (issue: Issue): ReturnType<Say> =>
    plainIssue(issue)?.[locale] ?? others(issue);
const standard = { en: inWords('en', english().localeError), ar: inWords('ar', arabic().localeError) };

// Where nobody's language is known; `zod/mini` says "Invalid input" of everything otherwise.
z.config({ localeError: standard[defaultLocale] });

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
