/** Titles and descriptions of alerts: texts in two languages with `{placeholders}`, filled when a rule raises one. */
import type { Translated } from '../../../layers/kernel/i18n/locale.ts';

export const placeholders = [
  'rule',
  'severity',
  'value',
  'threshold',
  'metric',
  'expected',
  'count',
  'eventType',
  'aggregateType',
  'aggregateId',
  'time',
] as const;
export type TemplateValues = Partial<Record<(typeof placeholders)[number], string>>;

const placeholder = /\{([^{}]*)\}/g;

/** Names in a template that stand for nothing. */
export const unknownPlaceholders = (template: string): string[] =>
  [...template.matchAll(placeholder)]
    .map(([, name]) => name!)
    .filter((name) => !(placeholders as readonly string[]).includes(name));

const titleLimit = 500;

export const fillTranslated = (template: Translated, values: TemplateValues): Translated => ({
  en: fill(template.en, values),
  ar: fill(template.ar, values),
});

/** A value is put in as it is and not looked into again; titles are plain text wherever they are shown. */
function fill(template: string, values: TemplateValues): string {
  const filled = template.replace(placeholder, (_, name: keyof TemplateValues) => values[name] ?? '—');
  return filled.length <= titleLimit ? filled : `${filled.slice(0, titleLimit - 1)}…`;
}
