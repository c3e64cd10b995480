/**
 * What is wrong with a field, for people: zod's own texts name types of a program ("expected record, received undefined"), show
 * patterns, and in Arabic leave its English words standing. What is not said here, such as that an e-mail is none, zod says well.
 */
import type english from 'zod/v4/locales/en.js';
import type { Locale } from './locale.ts';

type Text = Record<Locale, string>;
export type Issue = Parameters<ReturnType<typeof english>['localeError']>[0];
type SizeIssue = Extract<Issue, { code: 'too_small' | 'too_big' }>;

const kinds: Record<string, Text> = {
  string: { en: 'text', ar: 'نص' },
  number: { en: 'a number', ar: 'عدد' },
  int: { en: 'a whole number', ar: 'عدد صحيح' },
  boolean: { en: 'true or false', ar: 'صح أو خطأ (true أو false)' },
  array: { en: 'a list', ar: 'قائمة' },
  object: { en: 'an object', ar: 'كائن JSON' },
  record: { en: 'an object', ar: 'كائن JSON' },
};
const missing: Text = { en: 'This field is required.', ar: 'هذا الحقل مطلوب.' };
const unfit: Text = { en: 'This is none of what is allowed here.', ar: 'هذه القيمة غير مقبولة هنا.' };

/** @returns undefined of an issue that zod's own text serves */
export function plainIssue(issue: Issue): Text | undefined {
  switch (issue.code) {
    case 'invalid_type': {
      if (issue.input === undefined) return missing;
      const kind = kinds[issue.expected];
      return kind === undefined ? unfit : { en: `This must be ${kind.en}.`, ar: `المطلوب هنا: ${kind.ar}.` };
    }
    case 'invalid_value':
      return issue.input === undefined ? missing : oneOf(issue.values);
    case 'invalid_union': {
      const { options, discriminator, input } = issue as {
        options?: unknown[];
        discriminator?: string;
        input: unknown;
      };
      if (options === undefined || discriminator === undefined) return input === undefined ? missing : unfit;
      return (input as Record<string, unknown>)[discriminator] === undefined ? missing : oneOf(options);
    }
    case 'too_small':
    case 'too_big':
      return sizeOf(issue);
    case 'unrecognized_keys':
      return {
        en: `Unknown field${issue.keys.length > 1 ? 's' : ''}: ${quoted(issue.keys, ', ')}.`,
        ar: `${issue.keys.length > 1 ? 'حقول غير معروفة' : 'حقل غير معروف'}: ${quoted(issue.keys, '، ')}.`,
      };
    case 'invalid_key':
      return { en: 'A name in here is not written as it must be.', ar: 'أحد الأسماء هنا ليس بالصيغة المطلوبة.' };
    case 'invalid_format':
      return issue.format === 'regex'
        ? { en: 'This is not written as it must be.', ar: 'هذه القيمة ليست بالصيغة المطلوبة.' }
        : undefined;
    default:
      return undefined;
  }
}

const quoted = (values: readonly unknown[], between: string): string =>
  values.map((value) => (typeof value === 'string' ? `"${value}"` : String(value))).join(between);

const oneOf = (values: readonly unknown[]): Text =>
  values.length === 1
    ? { en: `This must be ${quoted(values, '')}.`, ar: `المطلوب هنا: ${quoted(values, '')}.` }
    : {
        en: `This must be one of: ${quoted(values, ', ')}.`,
        ar: `المطلوب هنا إحدى هذه القيم: ${quoted(values, '، ')}.`,
      };

/** Units stand before their number in Arabic, where what is counted would take another form after 1, 2, 3 and 11. */
const units: Record<string, readonly [verb: string, unit: string, ar: string]> = {
  string: ['be', 'character', 'عدد الأحرف هنا'],
  array: ['hold', 'item', 'عدد العناصر هنا'],
};

function sizeOf(issue: SizeIssue): Text | undefined {
  const isLeast = issue.code === 'too_small';
  const bound = Number(isLeast ? issue.minimum : issue.maximum);
  const unit = units[issue.origin];
  if (unit === undefined) {
    if (!['number', 'int', 'bigint'].includes(issue.origin)) return undefined;
    const [en, ar] = issue.inclusive
      ? isLeast
        ? ['at least', 'لا تقل عن']
        : ['at most', 'لا تزيد على']
      : isLeast
        ? ['more than', 'أكبر من']
        : ['less than', 'أصغر من'];
    return { en: `This must be ${en} ${bound}.`, ar: `المطلوب هنا قيمة ${ar} ${bound}.` };
  }
  if (isLeast && bound === 1 && !issue.exact) return { en: 'This may not be empty.', ar: 'لا تُترك هذه القيمة فارغة.' };
  const [verb, counted, ar] = unit;
  const [limit, limitAr] = issue.exact
    ? ['exactly', 'بالضبط']
    : isLeast
      ? ['at least', 'على الأقل']
      : ['at most', 'على الأكثر'];
  const long = verb === 'be' ? ' long' : '';
  return {
    en: `This must ${verb} ${limit} ${bound} ${counted}${bound === 1 ? '' : 's'}${long}.`,
    ar: `${ar}: ${bound} ${limitAr}.`,
  };
}
