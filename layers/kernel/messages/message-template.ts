/**
 * Messages to people as data: a template per language with `{placeholders}`. Values are escaped where the HTML is made,
 * so that a name somebody typed at sign-up stays a name in somebody else's mail.
 */

/** The languages people are written to in; those of the interface are fewer. */
export const messageLocales = ['en', 'ar', 'fa', 'ru'] as const;
export type MessageLocale = (typeof messageLocales)[number];

export interface MessageText {
  subject: string;
  /** Paragraphs. One that is a single placeholder is set large, the code people look for; or it is a link, where its value is. */
  paragraphs: readonly string[];
  /** For text messages, where every 70 characters that are not Latin cost another message. */
  short: string;
}

export type MessageTemplate = Record<MessageLocale, MessageText>;

export interface RenderedMessage {
  subject: string;
  text: string;
  html: string;
  short: string;
}

/** @throws Error when the template asks for a value that is not given: half a message is never sent */
export function renderMessage<L extends MessageLocale>(
  template: Record<L, MessageText>,
  locale: L,
  values: Readonly<Record<string, string>>,
): RenderedMessage {
  const { subject, paragraphs, short } = template[locale];
  const plain = (text: string): string => fill(text, values, (value) => value);
  return {
    subject: oneLine(plain(subject)),
    text: `${paragraphs.map(plain).join('\n\n')}\n`,
    html: page(locale, paragraphs, (text) => fill(text, values, escapeHtml)),
    short: plain(short),
  };
}

const isRightToLeft = (locale: MessageLocale): boolean => locale === 'ar' || locale === 'fa';

const lonePlaceholder = /^\{\w+\}$/;

function page(locale: MessageLocale, paragraphs: readonly string[], filled: (text: string) => string): string {
  const direction = isRightToLeft(locale) ? 'rtl' : 'ltr';
  const body = paragraphs
    .map((text) =>
      lonePlaceholder.test(text)
        ? // A code or an address is read from left to right in every language.
          setApart(filled(text))
        : `<p>${filled(text)}</p>`,
    )
    .join('\n');
  return `<!doctype html>
<html lang="${locale}" dir="${direction}">
<head><meta charset="utf-8"></head>
<body style="font-family:sans-serif;font-size:16px;line-height:1.5" dir="${direction}">
${body}
</body>
</html>
`;
}

/** @param value escaped */
const setApart = (value: string): string =>
  /^https?:\/\//.test(value)
    ? `<p dir="ltr"><a href="${value}">${value}</a></p>`
    : `<p style="font-size:24px;font-weight:bold" dir="ltr">${value}</p>`;

function fill(text: string, values: Readonly<Record<string, string>>, encode: (value: string) => string): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    if (!Object.hasOwn(values, name)) throw new Error(`The message needs a value for "${name}".`);
    return encode(values[name]!);
  });
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escapeHtml = (value: string): string => value.replace(/[&<>"']/g, (character) => entities[character]!);

/** A subject is a header: line ends in a value must not begin another one. */
const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();

/** The language to write in, from an `Accept-Language` header; the first of ours that is named, in order of quality. */
export function messageLocaleOf(acceptLanguage: string | undefined, otherwise: MessageLocale): MessageLocale {
  const wished = (acceptLanguage ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';');
      const q = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith('q='));
      return { language: tag.split('-')[0]!, quality: q === undefined ? 1 : Number(q.slice(2)) };
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality);
  for (const { language } of wished) {
    const known = messageLocales.find((locale) => locale === language);
    if (known) return known;
  }
  return otherwise;
}
