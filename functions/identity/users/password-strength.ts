/**
 * Which passwords people may choose (NIST SP 800-63B, section 5.1.1.2): long enough, not known from breaches, not about
 * themselves; no rules about kinds of characters, which only make `Password1!` of `password`.
 *
 * Breached passwords are refused by what they are made of: a common word in any dress (capitals, `@` for `a`, digits and
 * signs around it, typed on a keyboard in another language), a walk over the keyboard, a sequence, a repetition, a date.
 */
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Translated } from '../../../layers/kernel/i18n/locale.ts';

export const minPasswordLength = 8;
export const maxPasswordLength = 256;

/** What is known of the person, none of which makes a password. */
export interface PasswordOwner {
  email?: string | undefined;
  phone?: string | undefined;
  username?: string | undefined;
  names?: readonly (string | undefined)[];
}

export type PasswordFault = 'too_short' | 'too_long' | 'common' | 'personal';

const faults: Record<PasswordFault, Translated> = {
  too_short: {
    en: `Use at least ${minPasswordLength} characters.`,
    ar: `استخدم ${minPasswordLength} أحرف على الأقل.`,
  },
  too_long: { en: `Use at most ${maxPasswordLength} characters.`, ar: `استخدم ${maxPasswordLength} حرفًا على الأكثر.` },
  common: {
    en: 'This password is known from breaches or easily guessed. Use several words of your own.',
    ar: 'كلمة المرور هذه معروفة من تسريبات أو سهلة التخمين. استخدم عدة كلمات من عندك.',
  },
  personal: {
    en: 'The password must not contain your name, e-mail or phone.',
    ar: 'يجب ألا تحتوي كلمة المرور على اسمك أو بريدك أو هاتفك.',
  },
};

/** @throws AppError `validation_failed` that says why, in the reader's language */
export async function checkPassword(password: string, owner: PasswordOwner = {}, path = '/password'): Promise<void> {
  const fault = await faultOf(password, owner);
  if (fault === undefined) return;
  const texts = faults[fault];
  throw new AppError('validation_failed', undefined, { texts, details: [{ in: 'body', path, message: texts.en }] });
}

export async function faultOf(password: string, owner: PasswordOwner = {}): Promise<PasswordFault | undefined> {
  const text = password.normalize('NFKC');
  const length = [...text].length;
  if (length < minPasswordLength) return 'too_short';
  if (length > maxPasswordLength) return 'too_long';
  const forms = formsOf(text);
  if (isPersonal(forms, owner)) return 'personal';
  const { commonWords } = await import('./password-common-words.ts');
  return forms.some((form) => isCommon(form, commonWords)) ? 'common' : undefined;
}

/** The password without its dress: small letters, look-alikes undone, other keyboards' letters back on their keys. */
function formsOf(text: string): string[] {
  const small = text.toLowerCase();
  const letters = small.replace(/[\p{Mn}\u0640\u200b-\u200f]/gu, '');
  // Digits at the end are mostly a year, and inside a word mostly letters.
  const lookAlikes = [letters, withoutDress(letters)].flatMap((each) => [
    translate(each, oneIsI),
    translate(each, oneIsL),
  ]);
  const onOtherKeys = keyboards.flatMap((table) => [translate(letters, table), translate(letters, reversed(table))]);
  return [...new Set([small, letters, ...lookAlikes, ...onOtherKeys])];
}

const withoutDress = (text: string): string => text.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');

function isCommon(form: string, words: ReadonlySet<string>): boolean {
  const core = withoutDress(form);
  // Dress around a short word may still be a password of its own: `ali` in 20 characters of digits is none of ours.
  const hasOnlyDress = [...form].length - [...core].length <= Math.max(6, [...core].length);
  const solid = core.replace(/[\s_.-]+/g, '');
  if (hasOnlyDress && (words.has(solid) || words.has(once(solid)) || isCutOff(solid, words))) return true;
  return isTrivial(form) || (hasOnlyDress && core.length >= 4 && isTrivial(core));
}

/** Old systems kept eight characters: `barcelon`, `septembe`. */
const isCutOff = (text: string, words: ReadonlySet<string>): boolean =>
  text.length === 8 && words.values().some((word) => word.startsWith(text));

/** `testtest` and `abcabcabc` to what they repeat. */
function once(text: string): string {
  return /^(.+?)\1+$/su.exec(text)?.[1] ?? text;
}

function isTrivial(text: string): boolean {
  const unit = once(text);
  if ([...unit].length <= 4 && unit !== text) return true;
  if (new Set(text).size <= 3) return true;
  if (/^\d+$/.test(text) && (text.length <= 8 || isWalk(unit) || isMirrored(text))) return true;
  return isWalk(unit) || isWoven(text) || isDate(text);
}

const isMirrored = (text: string): boolean => [...text].reverse().join('') === text;

/** Eight digits of a day, in any order, in any of the calendars people write: 1990-2029, or 1300-1450. */
const isDate = (text: string): boolean =>
  /^(?:19|20|13|14)\d\d[-./ ]?(?:0?[1-9]|1[0-2])[-./ ]?\d{1,2}$|^\d{1,2}[-./ ]?\d{1,2}[-./ ]?(?:19|20|13|14)\d\d$/.test(
    text,
  );

/** Rows and columns of keyboards, and the two orders everybody knows; a walk goes either way and may turn. */
const rows = [
  '1234567890-=',
  'qwertyuiop[]',
  "asdfghjkl;'",
  'zxcvbnm,./',
  '!@#$%^&*()_+',
  'azertyuiop',
  'abcdefghijklmnopqrstuvwxyz',
  'йцукенгшщзхъ',
  'фывапролджэ',
  'ячсмитьбю',
  'ضصثقفغعهخحجد',
  'شسيبلاتنمكط',
  'ئءؤرلاىةوزظ',
  'أبتثجحخدذرزسشصضطظعغفقكلمنهوي',
  'ابجدهوزحطيكلمنسعفصقرشتثخذضظغ',
];
const columns = [
  '1qaz',
  '2wsx',
  '3edc',
  '4rfv',
  '5tgb',
  '6yhn',
  '7ujm',
  '8ik,',
  '9ol.',
  '0p;/',
  'qaz',
  'wsx',
  'edc',
  'rfv',
  'tgb',
  'yhn',
  'ujm',
];

const neighbours = new Map<string, Set<string>>();
for (const line of [...rows, ...columns])
  for (let i = 1; i < line.length; i++) {
    join(line[i - 1]!, line[i]!);
    join(line[i]!, line[i - 1]!);
  }
// After the last of a column comes the first of the next, and after 9 comes 0.
columns.slice(1).forEach((column, i) => {
  join(columns[i]!.at(-1)!, column[0]!);
});
// A digit also touches the letter below its left: `1q2w3e4r`.
[...'qwertyuio'].forEach((letter, i) => {
  join(letter, rows[0]![i + 1]!);
});

function join(from: string, to: string): void {
  if (!neighbours.has(from)) neighbours.set(from, new Set());
  neighbours.get(from)!.add(to);
}

/** Nearly every step goes to a neighbour: `qwertyuiop`, `1qaz2wsx`, `asdf1234`, `qwer1234`. */
function isWalk(text: string): boolean {
  if (text.length < 4) return false;
  let jumps = 0;
  for (let i = 1; i < text.length; i++)
    if (text[i] !== text[i - 1] && !neighbours.get(text[i - 1]!)?.has(text[i]!)) jumps++;
  return jumps <= Math.min(3, Math.floor(text.length / 3) - 1);
}

/** Two walks in turn: `1a2b3c4d`, `q1w2e3r4`. */
function isWoven(text: string): boolean {
  const letters = [...text];
  const every = (first: number): string => letters.filter((_, i) => i % 2 === first).join('');
  return letters.length >= 8 && isWalk(every(0)) && isWalk(every(1));
}

const translate = (text: string, table: Readonly<Record<string, string>>): string =>
  [...text].map((character) => table[character] ?? character).join('');

const oneIsI: Record<string, string> = {
  '@': 'a',
  '4': 'a',
  '8': 'b',
  '(': 'c',
  '3': 'e',
  '€': 'e',
  '6': 'g',
  '9': 'g',
  '1': 'i',
  '!': 'i',
  '0': 'o',
  '5': 's',
  $: 's',
  '7': 't',
  '+': 't',
  '2': 'z',
};
const oneIsL: Record<string, string> = { ...oneIsI, '1': 'l', '!': 'l', '|': 'l' };

const keysOf = (foreign: string, latin: string): Record<string, string> =>
  Object.fromEntries([...foreign].map((letter, i) => [letter, [...latin][i]!]));

/** The standard layouts of Windows (ЙЦУКЕН, Arabic 101, Persian): words are typed on the keys of another language, both ways. */
const keyboards = [
  keysOf('йцукенгшщзхъфывапролджэячсмитьбю', "qwertyuiop[]asdfghjkl;'zxcvbnm,."),
  keysOf('ضصثقفغعهخحجدشسيبلاتنمكطئءؤرىةوز', "qwertyuiop[]asdfghjkl;'zxcvnm,."),
  keysOf('ضصثقفغعهخحجچشسیبلاتنمکگظطزرذدپو', "qwertyuiop[]asdfghjkl;'zxcvbnm,"),
];

const reversed = (table: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(table).map(([from, to]) => [to, from]));

/** Parts of at least four letters that say who somebody is. */
function isPersonal(forms: readonly string[], { email, phone, username, names = [] }: PasswordOwner): boolean {
  const [mailbox = '', host = ''] = (email ?? '').toLowerCase().split('@');
  const parts = [
    mailbox,
    ...mailbox.split(/[^\p{L}\p{N}]+/u),
    ...host.split('.').slice(0, -1),
    username ?? '',
    (phone ?? '').replace(/\D/g, '').slice(-7),
    ...names.flatMap((name) => (name ?? '').split(/\s+/)),
  ];
  return parts
    .map((part) => part.normalize('NFKC').toLowerCase())
    .filter((part) => [...part].length >= 4)
    .some((part) => forms.some((form) => form.includes(part)));
}
