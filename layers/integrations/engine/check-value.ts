/** Whether a value fits the setting it is meant for: its type and its pattern, as the provider's catalogue says. */
import type { SettingSpec } from '../provider.ts';

/** Long enough for a service account or a certificate. */
const maxValueLength = 16_384;

/** @returns what is wrong, or undefined; never quotes the value, which may be a secret */
export function valueProblem(spec: SettingSpec, value: string): { en: string; ar: string } | undefined {
  if (value.length > maxValueLength)
    return { en: `At most ${maxValueLength} characters.`, ar: `على الأكثر ${maxValueLength} محرفًا.` };
  switch (spec.valueType) {
    case 'number':
      if (!/^-?\d{1,15}(\.\d{1,9})?$/.test(value)) return { en: 'Not a number.', ar: 'ليس رقمًا.' };
      break;
    case 'boolean':
      if (value !== 'true' && value !== 'false')
        return { en: 'Write "true" or "false".', ar: 'اكتب "true" أو "false".' };
      break;
    case 'json':
      if (!isJson(value)) return { en: 'Not valid JSON.', ar: 'ليس JSON صالحًا.' };
      break;
    case 'string':
      break;
    default:
      spec.valueType satisfies never;
  }
  if (spec.pattern !== undefined && !spec.pattern.test(value))
    return { en: `Does not look like "${spec.label.en}".`, ar: `لا يشبه "${spec.label.ar}".` };
  return undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
