/**
 * Fills a template of a request: `{{name}}` becomes a parameter or a setting, escaped for where it stands, so that no
 * value can change the shape of what is sent. A value that is one placeholder keeps its kind and is left out if missing.
 */
import { ProviderError } from '../../provider.ts';

export type Escape = (text: string) => string;

export const escapes = {
  url: encodeURIComponent,
  /** Header values cannot hold a line break (RFC 9110, section 5.5). */
  header: (text: string) => text.replace(/[\r\n\0]+/g, ' '),
  xml: (text: string) =>
    text.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`).replace(/[^\t\n\r\u0020-\uFFFD]/g, ''),
  none: (text: string) => text,
} satisfies Record<string, Escape>;

export type Values = Readonly<Record<string, unknown>>;

const placeholder = /\{\{\s*([\w.]+)\s*\}\}/g;

/** @throws ProviderError `configuration` for a placeholder that has no value */
export function fillText(template: string, values: Values, encode: Escape): string {
  return template.replace(placeholder, (_match, name: string) => {
    const value = lookUp(values, name);
    if (value === undefined)
      throw new ProviderError('configuration', `Nothing is known for {{${name}}} of the mapping.`);
    return encode(typeof value === 'object' ? JSON.stringify(value) : String(value));
  });
}

/** A template of JSON; numbers, lists and objects come in as they are. */
export function fillJson(template: unknown, values: Values): unknown {
  if (typeof template === 'string') {
    const whole = /^\{\{\s*([\w.]+)\s*\}\}$/.exec(template);
    return whole ? lookUp(values, whole[1]!) : fillText(template, values, escapes.none);
  }
  if (Array.isArray(template)) return template.map((item) => fillJson(item, values));
  if (typeof template !== 'object' || template === null) return template;
  const filled = Object.entries(template).map(([key, item]) => [key, fillJson(item, values)] as const);
  return Object.fromEntries(filled.filter(([, value]) => value !== undefined));
}

function lookUp(values: Values, name: string): unknown {
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  return value === null || value === '' ? undefined : value;
}
