/** Language negotiation (RFC 9110, section 12.5.4) between the two languages every message exists in. */

export const locales = ['en', 'ar'] as const;
export type Locale = (typeof locales)[number];
export const defaultLocale: Locale = 'en';

/** A text in both languages. */
export type Translated = Record<Locale, string>;

/** The best locale for an `Accept-Language` header; English when nothing fits. */
export function negotiateLocale(acceptLanguage: string | undefined): Locale {
  if (!acceptLanguage) return defaultLocale;
  let best: Locale = defaultLocale;
  let bestQuality = 0;
  for (const part of acceptLanguage.split(',')) {
    const [tag = '', ...parameters] = part.trim().split(';');
    const q = parameters.find((parameter) => parameter.trim().startsWith('q='));
    const quality = q === undefined ? 1 : Number(q.trim().slice(2));
    const locale = locales.find(
      (candidate) => tag.toLowerCase() === candidate || tag.toLowerCase().startsWith(`${candidate}-`),
    );
    if (locale !== undefined && quality > bestQuality) {
      best = locale;
      bestQuality = quality;
    }
  }
  return best;
}

export function fillTemplate(template: string, values: Record<string, string | number>): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? '…'));
}
